import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { payload } from "./test-support/notifications.ts";
import { ALERTS_TOKEN, createWorld } from "./test-support/world.ts";

/** One notification: an alert, or its end. */
interface Note {
  readonly alertname: "HighRequestRate" | "LowRequestRate" | "HighCPU" | "LowCPU" | "Other";
  readonly status: "firing" | "resolved";
  /** Minutes into the day: one alert is one start. */
  readonly start: number;
  readonly isTest?: boolean;
}

/** A minute of the world: its load, and what is told of it. */
interface Phase {
  readonly requestsPerSecond: number;
  readonly notes: readonly Note[];
}

const LABELS: Readonly<Record<Note["alertname"], Record<string, string>>> = {
  HighRequestRate: { scale: "containers", direction: "up", service: "service-a", worker: "i-1" },
  LowRequestRate: { scale: "containers", direction: "down", service: "service-a", worker: "i-1" },
  HighCPU: { scale: "instances", direction: "up" },
  LowCPU: { scale: "instances", direction: "down" },
  Other: { severity: "page" },
};

function bodyOf({ alertname, status, start, isTest }: Note) {
  return payload(
    { alertname, ...LABELS[alertname], ...(isTest ? { fleet_test: "true" } : {}) },
    {
      status,
      startsAt: new Date(Date.UTC(2026, 0, 1, 0, start)).toISOString(),
      fingerprint: `${alertname}${isTest ?? ""}`,
    },
  );
}

/** Lives through the phases with the real webhook and loop, then through half an hour of quiet. */
async function live(phases: readonly Phase[]) {
  const world = createWorld();
  const server = createServer(world.wh.app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`;
  const headers = { authorization: `Bearer ${ALERTS_TOKEN}`, "content-type": "application/json" };
  try {
    await world.wh.start();
    await world.clock.advance(30_000);
    for (const { requestsPerSecond, notes } of phases) {
      world.requestsPerSecond = requestsPerSecond;
      for (const note of notes) {
        const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(bodyOf(note)) });
        await response.arrayBuffer();
        expect(response.status).toBe(202);
      }
      await world.clock.advance(60_000);
    }
    await world.clock.advance(30 * 60_000);
    await world.wh.stop();
    return { desired: world.desired, replicas: [...world.workers.values()].sort(), actions: world.calls.length };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const note = fc.record({
  alertname: fc.constantFrom<Note["alertname"]>("HighRequestRate", "LowRequestRate", "HighCPU", "LowCPU", "Other"),
  status: fc.constantFrom<Note["status"]>("firing", "firing", "resolved"),
  start: fc.integer({ min: 0, max: 3 }),
});
const phase = fc.record({
  requestsPerSecond: fc.constantFrom(0, 10, 200, 650, 1500, 3000),
  notes: fc.array(note, { maxLength: 3 }),
});

describe("notifications only wake", () => {
  test("any replay, duplication or reordering of them ends at the same numbers, with no action more", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(phase, { minLength: 1, maxLength: 4 }),
        fc.array(fc.record({ of: fc.nat(), to: fc.nat(), times: fc.integer({ min: 1, max: 4 }) }), { maxLength: 6 }),
        fc.boolean(),
        async (phases, replays, reverse) => {
          const all = phases.flatMap(({ notes }) => notes);
          const disturbed = phases.map((one) => ({
            ...one,
            notes: reverse ? [...one.notes].reverse() : [...one.notes],
          }));
          for (const { of, to, times } of replays) {
            const copy = all[of % Math.max(1, all.length)];
            if (copy) disturbed[to % disturbed.length]?.notes.push(...Array.from({ length: times }, () => copy));
          }
          const [plain, replayed] = [await live(phases), await live(disturbed)];
          expect(replayed).toMatchObject({ desired: plain.desired, replicas: plain.replicas });
          expect(replayed.actions).toBeLessThanOrEqual(plain.actions);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  const up: Note = { alertname: "HighRequestRate", status: "firing", start: 1 };
  const step: Note = { ...up, isTest: true };
  const quiet = { requestsPerSecond: 10, notes: [] };
  const times = (count: number, one: Note) => Array.from({ length: count }, () => one);

  test.each<[string, readonly Phase[], readonly Phase[]]>([
    [
      "200 duplicates of an alert in one burst",
      [{ requestsPerSecond: 1500, notes: [up] }, quiet],
      [{ requestsPerSecond: 1500, notes: times(200, up) }, quiet],
    ],
    [
      "an alert repeated 200 times over its life",
      [...Array.from({ length: 10 }, () => ({ requestsPerSecond: 1500, notes: [up] })), quiet],
      [...Array.from({ length: 10 }, () => ({ requestsPerSecond: 1500, notes: times(20, up) })), quiet],
    ],
    [
      "200 duplicates of a test alert",
      [{ requestsPerSecond: 10, notes: [step] }, quiet],
      [{ requestsPerSecond: 10, notes: times(200, step) }, quiet],
    ],
    [
      "a test alert repeated 200 times, also after it ended",
      [
        { requestsPerSecond: 10, notes: [step] },
        { requestsPerSecond: 10, notes: [{ ...step, status: "resolved" }] },
        quiet,
      ],
      [
        { requestsPerSecond: 10, notes: times(100, step) },
        { requestsPerSecond: 10, notes: [{ ...step, status: "resolved" }, ...times(50, step)] },
        { requestsPerSecond: 10, notes: times(50, step) },
      ],
    ],
  ])(
    "%s: no action more than without them",
    async (_rule, plain, repeated) => {
      const [once, often] = [await live(plain), await live(repeated)];
      expect(once.actions).toBeGreaterThan(0);
      expect(often).toEqual(once);
    },
    30_000,
  );
});
