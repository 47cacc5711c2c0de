import { expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createLoop } from "./loop.ts";

/** Runs a loop of one tick a second that takes `tookMs`; tells when ticks began, in ms since the start. */
function loopOf(options: { tookMs?: number; tick?: (number: number) => void } = {}) {
  const clock = createFakeClock(0);
  const log = createMemoryLog();
  const began: number[] = [];
  let running = 0;
  let most = 0;
  let failures = 0;
  const loop = createLoop({
    clock,
    log,
    intervalMs: () => 1000,
    onFailure: () => failures++,
    tick: async () => {
      began.push(clock.nowMs());
      most = Math.max(most, ++running);
      try {
        options.tick?.(began.length);
        if (options.tookMs) await new Promise<void>((resolve) => clock.after(options.tookMs ?? 0, resolve));
      } finally {
        running--;
      }
    },
  });
  return { clock, log, loop, began, most: () => most, failures: () => failures };
}

test("ticks from start to start at the interval", async () => {
  const { clock, loop, began } = loopOf({ tookMs: 300 });
  loop.start();
  await clock.advance(3500);
  expect(began).toEqual([0, 1000, 2000, 3000]);
});

test("a tick longer than the interval is followed by the next at once, never overlapped", async () => {
  const { clock, loop, began, most } = loopOf({ tookMs: 1500 });
  loop.start();
  await clock.advance(4000);
  expect(began).toEqual([0, 1500, 3000]);
  expect(most()).toBe(1);
});

test("a wake brings the next tick forward after the debounce", async () => {
  const { clock, loop, began } = loopOf();
  loop.start();
  await clock.advance(700);
  loop.wake();
  loop.wake();
  await clock.advance(200);
  expect(began).toEqual([0, 750]);
});

test("wakes never bring two starts closer than half a second", async () => {
  const { clock, loop, began } = loopOf();
  loop.start();
  for (let index = 0; index < 100; index++) {
    await clock.advance(10);
    loop.wake();
  }
  await clock.advance(50);
  expect(began).toEqual([0, 500, 1000]);
});

test("a wake during a tick is not lost", async () => {
  const { clock, loop, began, most } = loopOf({ tookMs: 700 });
  loop.start();
  await clock.advance(100);
  loop.wake();
  await clock.advance(700);
  expect(began).toEqual([0, 750]);
  expect(most()).toBe(1);
});

test("a tick that throws is logged and counted, and the loop goes on", async () => {
  const { clock, loop, began, log, failures } = loopOf({
    tick: (number) => {
      if (number === 2) throw new Error("broken");
    },
  });
  loop.start();
  await clock.advance(3500);
  expect(began).toHaveLength(4);
  expect(failures()).toBe(1);
  expect(log.lines.join()).toContain("broken");
});

test("stop waits for the tick under way, and no other begins", async () => {
  const { clock, loop, began } = loopOf({ tookMs: 500 });
  loop.start();
  await clock.advance(100);
  let isStopped = false;
  void loop.stop().then(() => {
    isStopped = true;
  });
  await clock.advance(100);
  expect(isStopped).toBe(false);
  await clock.advance(5000);
  loop.wake();
  await clock.advance(5000);
  expect([isStopped, began]).toEqual([true, [0]]);
});
