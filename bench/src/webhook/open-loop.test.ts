import { expect, test } from "vitest";
import { openLoop, percentile } from "./open-loop.ts";

/** A loop on a clock that moves only by sleeping; each answer takes what `tookMs` says. */
function loopOf(tookMs: (index: number) => number, isGood = (_index: number) => true) {
  let nowMs = 0;
  const waiting: { dueMs: number; resolve: (good: boolean) => void; good: boolean }[] = [];
  const moveTo = (untilMs: number) => {
    for (const one of waiting.filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)) {
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve(one.good);
    }
    nowMs = untilMs;
  };
  return {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      await Promise.resolve();
      nowMs += ms;
    },
    send: (index: number) =>
      new Promise<boolean>((resolve) => {
        const dueMs = nowMs + tookMs(index);
        if (tookMs(index) === 0) resolve(isGood(index));
        else {
          waiting.push({ dueMs, resolve, good: isGood(index) });
          setImmediate(() => moveTo(Math.max(nowMs, dueMs)));
        }
      }),
  };
}

test("requests leave at the rate, also while earlier ones wait for their answer", async () => {
  const sentAtMs: number[] = [];
  const loop = loopOf(() => 5000);
  const send = (index: number) => {
    sentAtMs.push(loop.nowMs());
    return loop.send(index);
  };
  await openLoop({ ...loop, send }, 5, 100);
  expect(sentAtMs).toEqual([0, 10, 20, 30, 40]);
});

test("what is not answered as it should be counts as failed and has no latency", async () => {
  const result = await openLoop(
    loopOf(
      () => 0,
      (index) => index % 4 !== 0,
    ),
    8,
    100,
  );
  expect(result).toMatchObject({ failed: 2, elapsedMs: 70 });
  expect(result.latenciesMs).toHaveLength(6);
});

test.each([
  ["the median of an odd number is the middle", [3, 1, 2], 0.5, 2],
  ["of a hundred, 99 % do not exceed the 99th", Array.from({ length: 100 }, (_, index) => index + 1), 0.99, 99],
  ["of one it is that one", [7], 0.99, 7],
  ["of none there is none", [], 0.5, Number.NaN],
])("percentile: %s", (_rule, values, share, expected) => {
  expect(percentile(values, share)).toBe(expected);
});
