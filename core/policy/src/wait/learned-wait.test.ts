import { expect, test } from "vitest";
import { fewestAfterWait, noWaits, type Waits, waitMsFor, waitSaid, waitsAfter } from "./learned-wait.ts";

const prices = { action: 240, reversal: 900, overload: 80 };
const MAX = 6;

/** Looks every 15 s from `from` up to, not including, `to` seconds. */
function watch(
  waits: Waits,
  from: number,
  to: number,
  keepAt: (seconds: number) => number | undefined,
  filledAt: (seconds: number) => number = () => 0,
): Waits {
  let next = waits;
  for (let seconds = from; seconds < to; seconds += 15)
    next = waitsAfter(
      next,
      { atMs: seconds * 1000, keep: keepAt(seconds), filled: filledAt(seconds), max: MAX },
      prices,
    );
  return next;
}

/** Three workers' worth for five minutes, then one for as long as `gap`. */
const waves = (gap: number) => (seconds: number) => (seconds % (300 + gap) < 300 ? 2.5 : 0.5);

test("nothing is given up before it has been watched", () => {
  expect(
    fewestAfterWait(
      watch(noWaits(0), 0, 285, () => 0.5),
      4,
    ),
  ).toBe(4);
  expect(
    fewestAfterWait(
      watch(noWaits(0), 0, 330, () => 0.5),
      4,
    ),
  ).toBe(1);
});

test("a load that returned within minutes is waited for, and that is said", () => {
  const period = 300 + 480;
  const known = watch(noWaits(0), 0, 12 * period, waves(480));
  const fallen = watch(known, 12 * period, 12 * period + 300 + 240, waves(480));
  expect(fewestAfterWait(fallen, 3)).toBe(3);
  const said = waitSaid(fallen, 3);
  expect(said).toMatchObject({ level: 3, waitSeconds: 600, returns: 10, falls: 10 });
  expect(said?.secondsLeft).toBeLessThanOrEqual(600);
  expect(waitMsFor(fallen, 3, 2)).toBe((said?.secondsLeft ?? 0) * 1000);
});

test("a load that never returned so soon is not waited for", () => {
  const period = 300 + 7200;
  const known = watch(noWaits(0), 0, 6 * period, waves(7200));
  const fallen = watch(known, 6 * period, 6 * period + 300 + 150, waves(7200));
  expect(fewestAfterWait(fallen, 3)).toBe(1);
});

test("a dip of less than a minute is none: it teaches nothing, and the need goes on", () => {
  const known = watch(noWaits(0), 0, 3600, (seconds) => (seconds % 300 < 285 ? 2.5 : 0.5));
  expect(known.levels[1]?.gaps).toEqual([]);
});

test("what cannot be read is waited for anew, and teaches nothing", () => {
  const fallen = watch(noWaits(0), 0, 300, (seconds) => (seconds < 150 ? 2.5 : 0.5));
  const blind = watch(fallen, 300, 600, () => undefined);
  expect(fewestAfterWait(blind, 3)).toBe(3);
  const seeing = watch(blind, 600, 880, () => 0.5);
  expect(fewestAfterWait(seeing, 3)).toBe(3);
  expect(
    fewestAfterWait(
      watch(seeing, 885, 940, () => 0.5),
      3,
    ),
  ).toBe(1);
  expect(watch(seeing, 885, 1080, () => 2.5).levels[1]?.gaps).toEqual([]);
});

test("a level that is needed is never given up, nor one below it", () => {
  const busy = watch(noWaits(0), 0, 10_000, () => 2.5);
  expect(fewestAfterWait(busy, 5)).toBe(3);
  expect(waitMsFor(busy, 3, 2)).toBeGreaterThan(0);
});

test("other bounds keep what is known of the levels that stay", () => {
  const known = watch(noWaits(0), 0, 12 * 780, waves(480));
  const wider = waitsAfter(known, { atMs: 12 * 780_000, keep: 0.5, filled: 0, max: 9 }, prices);
  expect(wider.levels.length).toBe(8);
  expect(wider.levels[1]?.all).toEqual(known.levels[1]?.all);
  expect(fewestAfterWait(wider, 9)).toBe(9);
});

test("its memory does not grow, and is what was written when it is read again", () => {
  const day = watch(noWaits(0), 0, 86_400, waves(480));
  const second = watch(day, 86_400, 2 * 86_400, waves(480));
  expect(JSON.stringify(second).length).toBeLessThan(1.2 * JSON.stringify(day).length + 500);
  const copy = JSON.parse(JSON.stringify(second)) as Waits;
  expect(watch(copy, 2 * 86_400, 2 * 86_400 + 600, waves(480))).toEqual(
    watch(second, 2 * 86_400, 2 * 86_400 + 600, waves(480)),
  );
});
