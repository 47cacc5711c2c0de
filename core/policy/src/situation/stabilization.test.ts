import fc from "fast-check";
import { expect, test } from "vitest";
import { type Recommendation, recommendationsIn, stabilize, type WindowMemory } from "./stabilization.ts";

const WINDOW_MS = 100_000;

/** The same by its definition, from all that was ever recommended. */
function byDefinition(all: readonly Recommendation[], value: number): { largest: number; waitMs: number } {
  const nowMs = all.at(-1)?.atMs ?? 0;
  const inside = all.filter(({ atMs }) => atMs > nowMs - WINDOW_MS);
  const blocking = inside.filter((each) => each.value > value).at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  const watchedSince = all[0]?.atMs ?? nowMs;
  return {
    largest: Math.max(...inside.map((each) => each.value)),
    waitMs: Math.max(0, Math.max(watchedSince, blocking) + WINDOW_MS - nowMs),
  };
}

test("what is remembered answers as if all were", () => {
  const looks = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 6 })), { maxLength: 120 });
  fc.assert(
    fc.property(looks, (steps) => {
      let atMs = 0;
      let history: WindowMemory | undefined;
      let beforeMs = 0;
      const all: Recommendation[] = [];
      for (const [seconds, value] of steps) {
        atMs += seconds * 1000;
        all.push({ atMs, value });
        const window = stabilize(history, beforeMs, atMs, value, WINDOW_MS);
        history = window.memory;
        beforeMs = atMs;
        for (let to = 0; to <= 6; to++)
          expect({ largest: window.largest, waitMs: window.waitMs(to) }).toEqual(byDefinition(all, to));
      }
    }),
  );
});

test("a steady demand makes nothing new, however long the window; a falling one takes no more places than it has steps", () => {
  let history: WindowMemory | undefined;
  const watch = (from: number, to: number, valueAt: (second: number) => number) => {
    for (let second = from; second < to; second += 5)
      history = stabilize(history, (second - 5) * 1000, second * 1000, valueAt(second), 600_000).memory;
    return history;
  };
  const first = watch(0, 5, () => 4);
  expect(watch(5, 2000, () => 4)).toBe(first);
  const fallen = watch(2000, 2500, (second) => 14 - Math.floor((second - 2000) / 50));
  expect(fallen && recommendationsIn(fallen, 2_495_000)).toHaveLength(10);
});
