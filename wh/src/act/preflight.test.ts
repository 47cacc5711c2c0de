import type { Observation, WorkerState } from "@compose-fleet/policy";
import { expect, test } from "vitest";
import { testFleet } from "../test-support/test-fleet.ts";
import { type Action, preflight } from "./preflight.ts";

const reason = { code: "steady" as const, numbers: {} };
const blank = { ok: false as const, problem: "" };
const worker = (id: string, state: WorkerState) => ({
  id,
  zone: "a",
  state,
  launchedAtMs: 0,
  up: id === "i-8" ? ("unknown" as const) : id !== "i-5" && id !== "i-6",
  draining: id === "i-4",
  cpuRatio: blank,
  arrivalsPerSecond: blank,
  completionsPerSecond: blank,
  openRequests: blank,
  services: {},
});
const observation: Observation = {
  atMs: 0,
  metricsReadable: true,
  demand: {},
  group: {
    ok: true,
    value: {
      desired: 3,
      min: 1,
      // Tighter than fleet.yaml's 6.
      max: 5,
      failedLaunches: 0,
      workers: [
        worker("i-1", "in-service"),
        worker("i-2", "pending"),
        worker("i-3", "terminating"),
        worker("i-4", "in-service"),
        worker("i-5", "in-service"),
        worker("i-6", "pending"),
        { ...worker("i-7", "aside"), lifecycle: "Standby" },
        worker("i-8", "in-service"),
      ],
    },
  },
};
const scale = (to: number, change: object = {}): Action => ({
  kind: "scale-containers",
  worker: "i-1",
  service: "service-a",
  from: 1,
  to,
  reason,
  ...change,
});
const capacity = (from: number, to: number): Action => ({ kind: "set-capacity", from, to, reason });
const terminate = (
  id: string,
  from: number,
  kind: "terminate-worker" | "drain-worker" = "terminate-worker",
): Action => ({
  kind,
  worker: id,
  from,
  to: from - 1,
  reason,
});

test.each<[string, Action, RegExp | undefined]>([
  ["replicas within bounds", scale(10), undefined],
  ["replicas above max", scale(11), /outside 1 to 10/],
  ["replicas below min", scale(0), /outside 1 to 10/],
  ["NaN replicas", scale(Number.NaN), /no whole number/],
  ["an unknown service", scale(2, { service: "nope" }), /unknown service/],
  ["a worker that still boots", scale(2, { worker: "i-2" }), /not in service/],
  ["a worker that is gone", scale(2, { worker: "i-9" }), /not in service/],
  ["capacity within both bounds", capacity(3, 5), undefined],
  ["capacity above AWS's max, within ours", capacity(3, 6), /above the maximum 5/],
  ["capacity below min", capacity(1, 0), /below the minimum 1/],
  ["capacity from outside towards the bounds", capacity(9, 7), undefined],
  ["capacity down to what exists", capacity(9, 6), undefined],
  ["capacity below what exists: the group would choose whom to end", capacity(9, 5), /6 workers exist/],
  ["half a worker", capacity(1, 1.5), /no whole number/],
  ["a chosen worker that drains", terminate("i-4", 3), undefined],
  ["a chosen worker that does not drain", terminate("i-1", 3), /does not drain/],
  ["a chosen worker that never served", terminate("i-6", 3), undefined],
  ["a chosen worker that boots and answers", terminate("i-2", 3), /does not drain/],
  [
    "a worker that never served, to be replaced",
    { kind: "replace-worker", worker: "i-6", from: 3, to: 3, reason },
    undefined,
  ],
  ["a second worker that is to drain", terminate("i-1", 3, "drain-worker"), /i-4 drains already/],
  ["the same worker told again to drain", terminate("i-4", 3, "drain-worker"), undefined],
  ["the last worker told to drain", terminate("i-4", 1, "drain-worker"), /below the minimum/],
  ["a drain taken back", { kind: "cancel-drain", worker: "i-4", from: 2, to: 3, reason }, undefined],
  ["a dead worker replaced", { kind: "replace-worker", worker: "i-5", from: 3, to: 3, reason }, undefined],
  [
    "a worker that answers, to be replaced",
    { kind: "replace-worker", worker: "i-1", from: 3, to: 3, reason },
    /answers/,
  ],
  [
    "a worker of which nobody knows whether it answers, to be replaced",
    { kind: "replace-worker", worker: "i-8", from: 3, to: 3, reason },
    /nobody knows/,
  ],
  ["a worker in Standby, to be replaced", { kind: "replace-worker", worker: "i-7", from: 3, to: 3, reason }, /Standby/],
  ["a worker in Standby, to be ended", terminate("i-7", 3), /Standby/],
  ["a worker already terminating", terminate("i-3", 3), /terminating already/],
  ["a victim that is gone", terminate("i-9", 3), /gone already/],
  ["the last worker", terminate("i-1", 1), /below the minimum/],
])("%s", (_rule, action, problem) => {
  const found = preflight(action, observation, testFleet());
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(problem);
});

test.each<[string, Action, RegExp | undefined]>([
  ["one that AWS takes in a minute, beside others that drain", terminate("i-10", 3, "drain-worker"), undefined],
  ["the last one, too", terminate("i-10", 1, "drain-worker"), undefined],
  ["one that AWS only recommends to replace", terminate("i-11", 3, "drain-worker"), /drains already/],
  [
    "one that AWS takes, drained at the minimum, to be replaced",
    { kind: "replace-worker", worker: "i-12", from: 1, to: 1, reason },
    undefined,
  ],
  [
    "one that AWS takes and that serves, to be replaced",
    { kind: "replace-worker", worker: "i-10", from: 1, to: 1, reason },
    /answers/,
  ],
])("%s", (_rule, action, problem) => {
  if (!observation.group.ok) throw new Error("unreadable");
  const value = {
    ...observation.group.value,
    workers: [
      ...observation.group.value.workers,
      { ...worker("i-10", "in-service"), notice: { kind: "interruption", goneAtMs: 60_000 } },
      { ...worker("i-11", "in-service"), notice: { kind: "rebalance" } },
      { ...worker("i-12", "in-service"), draining: true, notice: { kind: "interruption", goneAtMs: 60_000 } },
    ] as const,
  };
  const found = preflight(action, { ...observation, group: { ok: true, value } }, testFleet());
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(problem);
});

test.each(["drain-worker", "terminate-worker", "replace-worker"] as const)(
  "no %s while the group does not end anybody",
  (kind) => {
    if (!observation.group.ok) throw new Error("unreadable");
    const suspended = { ...observation.group.value, suspended: ["Terminate"] };
    const action: Action = { kind, worker: kind === "replace-worker" ? "i-5" : "i-4", from: 3, to: 3, reason };
    const found = preflight(action, { ...observation, group: { ok: true, value: suspended } }, testFleet());
    expect(found).toBe("the group's process Terminate is suspended");
  },
);

test("nothing is done to a group that cannot be read", () => {
  const blind: Observation = { ...observation, group: { ok: false, problem: "AWS is away" } };
  expect(preflight(capacity(1, 2), blind, testFleet())).toBe("AWS is away");
});
