import { expect, test } from "vitest";
import { type CycleDeps, type CycleKind, runCycle } from "./run-cycle.ts";

/** A fleet that follows its pin: up at once, down by a drain of ten seconds. */
function fakeFleet({ stuck = false } = {}) {
  let nowMs = 0;
  let workers = 2;
  let wanted = 2;
  let drainsUntilMs: number | undefined;
  let failed = 0;
  const asked: string[] = [];
  const live = new Set<string>();
  const settle = () => {
    if (wanted > workers) workers = wanted;
    if (wanted >= workers) drainsUntilMs = undefined;
    else if (!stuck) drainsUntilMs ??= nowMs + 10_000;
    if (drainsUntilMs !== undefined && nowMs >= drainsUntilMs) {
      workers = wanted;
      drainsUntilMs = undefined;
    }
  };
  const deps: CycleDeps = {
    wh: {
      pinWorkers: async (count) => {
        wanted = count;
        if (count === 2) failed += 1;
        asked.push(`pin ${count}`);
        live.add(`pin ${count}`);
        return `pin ${count}`;
      },
      removeOverride: async (id) => {
        live.delete(id);
        asked.push(`no ${id}`);
      },
      status: async () => {
        settle();
        const draining = drainsUntilMs === undefined ? 0 : 1;
        return {
          atMs: nowMs,
          hold: false,
          workers: { ready: workers, draining, desired: workers, min: 2, max: 4 },
          replicas: [],
          blindSeconds: 0,
        };
      },
    },
    cloud: async () => ({
      workers: Array.from({ length: workers }, (_, i) => ({
        id: `i-${i}`,
        zone: "a",
        address: "172.27.1.1",
        state: "running" as const,
        target: "healthy" as const,
        launchedAtMs: 0,
      })),
    }),
    counts: () => ({ sent: nowMs, failed }),
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    stop: new AbortController().signal,
    update: () => {},
  };
  return { deps, asked, live };
}

test.each<[CycleKind, string[]]>([
  ["scale-in", ["pin 3", "no pin 3", "pin 2", "no pin 2"]],
  ["cancelled drain", ["pin 3", "no pin 3", "pin 2", "no pin 2", "pin 3", "no pin 3"]],
])("%s: one worker more and back, one pin at a time, none left", async (kind, expected) => {
  const { deps, asked, live } = fakeFleet();
  const result = await runCycle(deps, kind, 2);
  expect(asked).toEqual(expected);
  expect(live).toEqual(new Set());
  expect(result).toMatchObject({ kind, failed: 1 });
  expect(result.sent).toBe(result.seconds * 1000);
  if (kind === "scale-in") expect(result.seconds).toBeGreaterThanOrEqual(10);
});

test("a fleet that does not follow is an error with the stage in it, and no pin stays", async () => {
  const { deps, live } = fakeFleet({ stuck: true });
  await expect(runCycle(deps, "scale-in", 2)).rejects.toThrow('did not get to "one drains" within 120 s');
  expect(live).toEqual(new Set());
});
