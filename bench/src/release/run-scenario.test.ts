import type { RollOutResult } from "@compose-fleet/cli/release";
import { expect, test } from "vitest";
import { type BenchFleet, runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { goodVariant } from "./variant.ts";

/** A fleet that does at once what it is told, and writes it down. */
function world(rolled: Partial<RollOutResult> = {}) {
  const did: string[] = [];
  let nowMs = 0;
  const fleet: BenchFleet = {
    rest: async (workers) => void did.push(`rest ${workers}`),
    pin: async (workers) => void did.push(`pin ${workers}`),
    publish: async ({ payload }) => {
      did.push(`publish ${payload}`);
      return { revision: "r-1", image: "r/a:new" };
    },
    rollOut: async (revision) => {
      did.push(`roll out ${revision}`);
      await new Promise((resolve) => setImmediate(resolve));
      nowMs += 40_000;
      return { kind: "workers", revision, status: "succeeded", cause: null, deployments: [], backAt: null, ...rolled };
    },
    underWay: async () => "i-2",
    draining: async () => 1,
    kill: async (worker) => void did.push(`kill ${worker}`),
    fillDisk: async () => {
      did.push("fill the disk");
      return async () => void did.push("room again");
    },
    images: async () => new Set(["r/a:new"]),
    counts: () => ({ sent: nowMs / 5, failed: 0 }),
    failures: () => [],
    failedOnKilled: async () => 7,
    watchAnswers: () => ({ take: () => new Set(["new"]), stop: async () => void did.push("stop watching") }),
  };
  const deps = {
    fleet,
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
    stop: new AbortController().signal,
    update: () => {},
    timeoutMs: 5_000,
  };
  return { deps, did };
}
const scenario = (more: Partial<Scenario> = {}): Scenario => ({
  name: "s",
  workers: 3,
  variant: goodVariant("new"),
  ...more,
});
const running = { payload: "old", image: "r/a:old" };

test("a release is published, rolled out, and counted until its last request has an outcome", async () => {
  const { deps, did } = world();
  const { result, seen } = await runScenario(deps, scenario(), running);
  expect(did).toEqual(["rest 3", "publish new", "roll out r-1", "rest 3", "stop watching"]);
  expect(result).toEqual({
    scenario: "s",
    sent: 9_800,
    failed: 0,
    failedOnDeadWorker: 0,
    causes: [],
    seconds: 40,
    status: "succeeded",
    cause: null,
  });
  expect(seen).toMatchObject({ formerPayload: "old", formerImage: "r/a:old", image: "r/a:new" });
});

test.each<[rule: string, Scenario, steps: string[]]>([
  [
    "a worker more is asked for once it is under way",
    scenario({ disturbance: "scale out" }),
    ["roll out r-1", "pin 4", "rest 4"],
  ],
  [
    "a worker drains already when it begins",
    scenario({ workers: 4, disturbance: "scale in" }),
    ["pin 3", "roll out r-1", "rest 3"],
  ],
  ["the worker it is at is killed", scenario({ disturbance: "kill a worker" }), ["roll out r-1", "kill i-2", "rest 3"]],
  [
    "the disk is full until it is over",
    scenario({ disturbance: "full disk" }),
    ["fill the disk", "roll out r-1", "rest 3", "stop watching", "room again"],
  ],
])("%s", async (_rule, given, steps) => {
  const { deps, did } = world();
  await runScenario(deps, given, running);
  expect(did.filter((step) => steps.includes(step)).slice(-steps.length)).toEqual(steps);
});

test("failures on the killed worker are told apart", async () => {
  const { deps } = world();
  const { result } = await runScenario(deps, scenario({ disturbance: "kill a worker" }), running);
  expect(result.failedOnDeadWorker).toBe(7);
});

test("a release that fails is a result, with its cause", async () => {
  const { deps } = world({ status: "failed", cause: "why", backAt: "r-0" });
  expect((await runScenario(deps, scenario(), running)).result).toMatchObject({ status: "failed", cause: "why" });
});
