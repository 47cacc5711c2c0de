import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { generateLoad } from "./generator.ts";
import { steady } from "./profile.ts";
import { createLoadStats, type Outcome } from "./stats.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Offers 200 requests a second for 1.2 s, in a time that only the timers move, to a server that answers as `answer` does. */
async function offer(answer: (dueMs: number, done: (outcome: Outcome) => void) => void) {
  let inFlight = 0;
  const connections = {
    inFlight: () => inFlight,
    send: (dueMs: number, done: (outcome: Outcome) => void) => {
      inFlight += 1;
      answer(dueMs, (outcome) => {
        inFlight -= 1;
        done(outcome);
      });
    },
    sweep: () => {},
    close: async () => {},
  };
  const generated = generateLoad(
    { connections, stats: createLoadStats(), nowMs: () => performance.now(), epochMs: () => 0, cpuMicros: () => 0 },
    { profile: steady(200, 1_200), maxInFlight: 500, onSecond: () => {}, stop: new AbortController().signal },
  );
  await vi.advanceTimersByTimeAsync(60_000);
  return generated;
}

test("a server that stalls shows in all requests that had to wait", async () => {
  // It handles nothing for 500 ms of 1,200: two in five requests wait, 250 ms on average.
  const opensMs = performance.now() + 500;
  const { total, p50Ms, p95Ms } = await offer((dueMs, done) => {
    const answered = () => done({ ok: true, latencyMs: performance.now() - dueMs });
    setTimeout(answered, Math.max(0, opensMs - performance.now()));
  });
  expect(total).toMatchObject({ sent: 240, ok: 240 });
  expect(p50Ms).toBeLessThan(150);
  expect(p95Ms).toBeGreaterThan(300);
});

test("the schedule goes on while answers do not come", async () => {
  const timedOut: Outcome = { ok: false, cause: "timeout", keepAliveRace: false };
  const { total, elapsedMs } = await offer((_dueMs, done) => {
    setTimeout(() => done(timedOut), 300);
  });
  expect(total).toMatchObject({ sent: 240, failedBy: { timeout: 240 } });
  expect(elapsedMs).toBeLessThan(2_500);
});
