import type { Observation } from "@compose-fleet/policy";
import { expect, test } from "vitest";
import { createFakeClock, settle } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createSoleLeadership } from "../test-support/sole-leadership.ts";
import { testFleet } from "../test-support/test-fleet.ts";
import { createActuator } from "./actuator.ts";
import type { Outcome } from "./outcome.ts";
import type { ActionLog, LastAction } from "./ports.ts";
import type { Action } from "./preflight.ts";

const reason = { code: "steady" as const, numbers: {} };
const observationGroup = { desired: 2, min: 1, max: 6, failedLaunches: 0 };
const observation: Observation = {
  atMs: 0,
  metricsReadable: true,
  demand: {},
  group: { ok: true, value: { ...observationGroup, workers: [] } },
};
const unknown = { ok: false as const, problem: "" };
const workers = ["i-1", "i-2"].map((id) => ({
  id,
  zone: "a",
  state: "in-service" as const,
  launchedAtMs: 0,
  up: id === "i-1",
  draining: false,
  cpuRatio: unknown,
  arrivalsPerSecond: unknown,
  completionsPerSecond: unknown,
  openRequests: unknown,
  services: {},
}));
const capacity = (from: number, to: number): Action => ({ kind: "set-capacity", from, to, reason });

function actuatorOf(options: { claim?: ActionLog["claim"]; setDesired?: () => Promise<Outcome>; hold?: boolean } = {}) {
  const claims: LastAction[] = [];
  const calls: string[] = [];
  const actuator = createActuator({
    config: testFleet(),
    clock: createFakeClock(5000),
    log: createMemoryLog(),
    group: {
      setDesired: async (workers) => {
        calls.push(`desired ${workers}`);
        return options.setDesired ? options.setDesired() : { status: "applied" };
      },
      terminate: async () => ({ status: "applied" }),
      replace: async (worker) => {
        calls.push(`replace ${worker}`);
        return { status: "applied" };
      },
    },
    drains: {
      setDraining: async ({ worker, draining, fence }) => {
        calls.push(`${worker} draining ${draining} fence ${fence}`);
        return { status: "applied" };
      },
    },
    replicas: { setReplicas: async () => ({ status: "applied" }) },
    actions: {
      claim: async (action) => {
        claims.push(action);
        return options.claim ? options.claim(action) : "claimed";
      },
    },
    leadership: createSoleLeadership(5000),
    hold: options.hold ?? false,
  });
  return { actuator, claims, calls };
}

test("each action is claimed before the call, with a fence that rises within one millisecond", async () => {
  const { actuator, claims, calls } = actuatorOf();
  expect(await actuator.submit(capacity(2, 3), "a", observation)).toEqual({ status: "applied" });
  await actuator.submit(capacity(2, 4), "b", observation);
  expect(claims.map(({ id, fence }) => [id, fence])).toEqual([
    ["a", 5000],
    ["b", 5001],
  ]);
  expect(calls).toEqual(["desired 3", "desired 4"]);
});

test.each<[string, Action, string]>([
  ["a drain", { kind: "drain-worker", worker: "i-1", from: 2, to: 1, reason }, "i-1 draining true fence 5000"],
  [
    "a drain taken back",
    { kind: "cancel-drain", worker: "i-1", from: 1, to: 2, reason },
    "i-1 draining false fence 5000",
  ],
  ["a replacement", { kind: "replace-worker", worker: "i-2", from: 2, to: 2, reason }, "replace i-2"],
])("%s reaches its port", async (_rule, action, call) => {
  const { actuator, calls } = actuatorOf();
  const seen = { ...observation, group: { ok: true as const, value: { ...observationGroup, workers } } };
  expect(await actuator.submit(action, "a", seen)).toEqual({ status: "applied" });
  expect(calls).toEqual([call]);
});

test.each([
  ["a drain, which can wait", { kind: "drain-worker" as const, worker: "i-1", from: 2, to: 1, reason }, "failed"],
  [
    "a replacement, which can wait",
    { kind: "replace-worker" as const, worker: "i-2", from: 2, to: 2, reason },
    "failed",
  ],
  [
    "a drain taken back, which saves requests",
    { kind: "cancel-drain" as const, worker: "i-1", from: 1, to: 2, reason },
    "applied",
  ],
  [
    "a drain of what AWS takes, which cannot wait",
    { kind: "drain-worker" as const, worker: "i-3", from: 2, to: 1, reason },
    "applied",
  ],
])("an action log away: %s", async (_rule, action, status) => {
  const { actuator } = actuatorOf({ claim: () => Promise.reject(new Error("away")) });
  const taken = { ...workers[0], id: "i-3", notice: { kind: "interruption" as const, goneAtMs: 60_000 } };
  const value = { ...observationGroup, workers: [...workers, taken] };
  const seen = { ...observation, group: { ok: true, value } } as Observation;
  expect(await actuator.submit(action, "a", seen)).toMatchObject({ status });
});

test.each([
  ["a superseded claim", actuatorOf({ claim: async () => "superseded" }), capacity(2, 3), { status: "skipped" }, 0],
  ["hold", actuatorOf({ hold: true }), capacity(2, 3), { status: "skipped" }, 0],
  [
    "a refused pre-flight",
    actuatorOf(),
    capacity(2, 7),
    { status: "skipped", reason: "pre-flight: 7 workers are above the maximum 6" },
    0,
  ],
  [
    "an action log away, scaling out",
    actuatorOf({ claim: () => Promise.reject(new Error("away")) }),
    capacity(2, 3),
    { status: "applied" },
    1,
  ],
  [
    "an action log away, scaling in",
    actuatorOf({ claim: () => Promise.reject(new Error("away")) }),
    capacity(2, 1),
    { status: "failed", retryable: true },
    0,
  ],
  [
    "an adapter that throws",
    actuatorOf({ setDesired: () => Promise.reject(new Error("bug")) }),
    capacity(2, 3),
    { status: "failed", reason: "bug" },
    1,
  ],
])("%s", async (_rule, { actuator, calls }, action, outcome, expected) => {
  expect(await actuator.submit(action, "a", observation)).toMatchObject(outcome);
  expect(calls).toHaveLength(expected);
  expect(actuator.inFlight().size).toBe(0);
});

test("a second action on a target under way is skipped, and idle waits for the first", async () => {
  let finish = (_outcome: Outcome) => {};
  const { actuator } = actuatorOf({
    setDesired: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  });
  const first = actuator.submit(capacity(2, 3), "a", observation);
  expect([...actuator.inFlight()]).toEqual(["workers"]);
  expect(await actuator.submit(capacity(2, 4), "b", observation)).toEqual({ status: "skipped", reason: "in flight" });
  let isIdle = false;
  void actuator.idle().then(() => {
    isIdle = true;
  });
  await settle();
  expect(isIdle).toBe(false);
  finish({ status: "applied" });
  expect(await first).toEqual({ status: "applied" });
  await settle();
  expect(isIdle).toBe(true);
});
