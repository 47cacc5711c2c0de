import { setTimeout as nextTurn } from "node:timers/promises";
import type { LoadFailure } from "@compose-fleet/load";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import type { DeliveredMessage, FaultName } from "@compose-fleet/local-fleet/session";
import { expect, test } from "vitest";
import type { Change } from "./changes.ts";
import type { ChaosFleet } from "./chaos-fleet.ts";
import { runFaults } from "./run-faults.ts";

const dead = { id: "i-2", address: "172.27.1.2" };

/** A fleet of two workers on a clock of its own; `worker` says what its second worker is at a time. */
function fakeFleet(story: {
  readonly unhealthy?: (nowMs: number, faults: ReadonlySet<string>) => boolean;
  readonly failures?: readonly LoadFailure[];
  readonly changes?: readonly Change[];
  readonly messages?: readonly DeliveredMessage[];
}) {
  let nowMs = 1_000_000;
  const inForce = new Set<string>();
  const asked: string[] = [];
  const worker = (id: string, address: string, healthy: boolean): LocalFleetStatus["workers"][number] => ({
    id,
    zone: "a",
    address,
    state: "running",
    target: healthy ? "healthy" : "unhealthy",
    launchedAtMs: 0,
  });
  const isBroken = () => story.unhealthy?.(nowMs, inForce) === true;
  const fleet: ChaosFleet = {
    status: async () => ({
      group: { name: "g", min: 2, max: 4, desired: 2 },
      workers: [worker("i-1", "172.27.1.1", true), worker(dead.id, dead.address, !isBroken())],
    }),
    wh: {
      status: async () => ({
        atMs: nowMs,
        hold: false,
        workers: { ready: 2, draining: 0, desired: 2, min: 2, max: 4 },
        replicas: ["i-1", "i-2"].map((id) => ({ worker: id, service: "a", ready: 2, desired: 2 })),
        blindSeconds: 0,
      }),
      decisions: async () => [],
    },
    faults: {
      start: async ({ name, worker: hit }) => {
        inForce.add(name);
        asked.push(hit === undefined ? `start ${name}` : `start ${name} on ${hit}`);
        return name;
      },
      end: async (id) => {
        inForce.delete(id);
        asked.push(`end ${id}`);
      },
    },
    messages: async () => story.messages ?? [],
    history: { changesSince: async () => story.changes ?? [] },
    sessionsSince: async () =>
      (story.failures ?? []).map(({ connection }) => ({
        startedAtMs: connection?.openedAtMs ?? 0,
        clientPort: connection?.localPort ?? 0,
        address: dead.address,
      })),
    load: {
      counts: () => ({ sent: (nowMs - 1_000_000) / 5, failed: 0 }),
      failures: () => story.failures ?? [],
      timeoutMs: 5_000,
    },
  };
  const run = (faults: readonly FaultName[], stop = new AbortController().signal) =>
    runFaults(
      {
        fleet,
        nowMs: () => nowMs,
        sleep: async (ms) => {
          nowMs += ms;
          await nextTurn(0);
        },
        stop,
        update: () => {},
      },
      { faults, seconds: 10, services: 1, boundsOf: () => ({ min: 2, max: 4 }) },
    );
  return { run, asked };
}

const failure = (dueAtMs: number): LoadFailure => ({
  type: "failure",
  dueAtMs,
  failedAtMs: dueAtMs + 100,
  cause: "UND_ERR_SOCKET",
  connection: { localPort: dueAtMs % 60_000, openedAtMs: dueAtMs - 500 },
});

// At target for 3 s from 1,000,000 on, the fault from 1,003,000 to 1,013,000.
test("a fault that costs nothing: back at once, everything undone in reverse order", async () => {
  const { run, asked } = fakeFleet({});
  const { result } = await run(["kill-wh", "ssm-slow"]);
  expect(asked).toEqual(["start kill-wh", "start ssm-slow", "end ssm-slow", "end kill-wh"]);
  expect(result).toMatchObject({ faults: ["kill-wh", "ssm-slow"], failed: 0, recoverySeconds: 0, doubledActions: 0 });
  expect(result.sent).toBe(((13_000 + 3_000 - 3_000) / 1000) * 200);
});

test("a lost worker: its failures count as its own, those a second after it was unhealthy as late", async () => {
  const { run, asked } = fakeFleet({
    unhealthy: (nowMs, faults) =>
      faults.has("kill-worker") ? nowMs >= 1_005_000 : nowMs >= 1_005_000 && nowMs < 1_020_000,
    failures: [failure(1_004_000), failure(1_005_900), failure(1_007_000)],
  });
  const { result, failedLate } = await run(["kill-worker"]);
  expect(asked[0]).toBe(`start kill-worker on ${dead.id}`);
  expect(result).toMatchObject({ failed: 3, failedOnDeadWorker: 3, recoverySeconds: 7 });
  expect(failedLate).toBe(1);
});

test("without a lost worker every failure is one on a healthy worker; those of other runs do not count", async () => {
  const { run } = fakeFleet({ failures: [failure(1_001_000), failure(1_006_000)] });
  const { result } = await run(["ssm-failing"]);
  expect(result).toMatchObject({ failed: 1, failedOnDeadWorker: 0 });
});

test("a fleet that never comes back has no recovery time", async () => {
  const { run } = fakeFleet({ unhealthy: (nowMs) => nowMs > 1_004_000 });
  expect((await run(["kill-worker"])).result.recoverySeconds).toBeNull();
});

test("changes outside the bounds and changes made twice are counted", async () => {
  const change = (atMs: number, from: number, to: number): Change => ({
    id: `${atMs}`,
    atMs,
    target: "workers",
    from,
    to,
  });
  const { run } = fakeFleet({ changes: [change(1, 2, 1), change(2, 2, 5), change(3, 2, 3), change(4, 2, 3)] });
  expect((await run(["stop-wh"])).result).toMatchObject({ belowMin: 1, aboveMax: 1, doubledActions: 1 });
});

test("a fleet that is not at its target to begin with is not broken further", async () => {
  const { run, asked } = fakeFleet({ unhealthy: () => true });
  await expect(run(["kill-wh"])).rejects.toThrow(/did not get to its target before kill-wh: 1 of 2 workers healthy/);
  expect(asked).toEqual([]);
});

const news = (atMs: number, line: string): DeliveredMessage => ({ atMs, text: `chaos (local):\n${line}` });
const failedLaunch = "workers scaled in 4 -> 2: 2 launches in a row failed: somebody must look: no capacity";

test.each<[string, readonly DeliveredMessage[], Partial<{ told: number; toldAgain: number }>, RegExp[]]>([
  ["once", [news(1_020_000, failedLaunch)], { told: 1, toldAgain: 0 }, []],
  ["never", [], { told: 0 }, [/heard somebody must look 0 times/]],
  [
    "twice",
    [news(1_020_000, failedLaunch), news(1_030_000, failedLaunch)],
    { told: 2, toldAgain: 1 },
    [/2 times instead of once/],
  ],
  ["before it began", [news(900_000, failedLaunch)], { told: 0 }, [/0 times/]],
])("people hear of a group that cannot be filled: %s", async (_rule, messages, told, unmet) => {
  const run = await fakeFleet({ messages }).run(["group-cannot-be-filled"]);
  expect(run.result).toMatchObject(told);
  expect(run.unmet).toEqual(unmet.map((pattern) => expect.stringMatching(pattern)));
});

test("where no worker is lost, none may be missing at any time", async () => {
  const { run } = fakeFleet({ unhealthy: (nowMs) => nowMs > 1_005_000 && nowMs < 1_007_000 });
  const judged = await run(["clock-step"]);
  expect(judged.result.fewestServing).toBe(1);
  expect(judged.unmet).toEqual([expect.stringMatching(/only 1 workers served at some time/)]);
});

test("a worker that hangs is replaced while it hangs, and the fault lasts as long as that may take", async () => {
  const healedAt = (ms: number) => fakeFleet({ unhealthy: (nowMs) => nowMs > 1_005_000 && nowMs < ms });
  const inTime = await healedAt(1_060_000).run(["worker-hangs-during-deployment"]);
  expect(inTime.unmet).toEqual([]);
  const late = await healedAt(1_160_000).run(["worker-hangs-during-deployment"]);
  expect(late.unmet).toEqual([expect.stringMatching(/only 1 workers served when the fault ended after 150 s/)]);
});

test("a Telegram that refuses gets something to refuse", async () => {
  const { run, asked } = fakeFleet({ messages: [news(1_020_000, failedLaunch)] });
  const { result } = await run(["telegram-429"]);
  expect(result.faults).toEqual(["telegram-429"]);
  expect(asked.slice(0, 2)).toEqual(["start telegram-429", "start group-cannot-be-filled"]);
});
