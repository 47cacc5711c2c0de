import { expect, test } from "vitest";
import { noBoots } from "./boots.ts";
import { type Foresight, foresightAfter, noForesight } from "./foresight.ts";

const settings = {
  capacities: { web: 1000, api: 500 },
  scaleInShare: 0.9,
  busyCpu: 0.6,
  budget: 1,
  prices: { action: 240, reversal: 900, overload: 80, lost: 400 },
};

/** A look every 30 s from `from` up to, not including, `to` seconds, at two services. */
function watch(before: Foresight, from: number, to: number, webAt: (seconds: number) => number | undefined): Foresight {
  let foresight = before;
  for (let seconds = from; seconds < to; seconds += 30)
    foresight = foresightAfter(
      foresight,
      {
        atMs: seconds * 1000,
        demands: { web: webAt(seconds), api: 100 },
        boots: noBoots,
        busy: [],
        workers: 2,
        min: 1,
        max: 6,
        unread: 0,
      },
      settings,
    );
  return foresight;
}

const HOUR = 3600;
const day = (seconds: number) => 1500 + 900 * Math.sin((2 * Math.PI * seconds) / (24 * HOUR));

test("the service that needs most binds and is named, with the part that binds", () => {
  const { now } = watch(noForesight(0), 0, 600, () => 1500);
  expect(now?.plan).toMatchObject({ service: "web", capacity: 1000 });
  expect(now?.plan.needed).toBeCloseTo(1500 / 970, 2);
  expect(watch(noForesight(0), 0, 600, () => 10).now?.plan.service).toBe("api");
});

test("one service that cannot be read leaves nothing foreseen, and what was learned stays", () => {
  const known = watch(noForesight(0), 0, 600, () => 1500);
  const blind = watch(known, 600, 630, () => undefined);
  expect(blind.now).toBeUndefined();
  expect(blind.services.web).toBe(known.services.web);
});

test("no more is foreseen for a worker than four times what it serves", () => {
  const jumped = watch(
    watch(noForesight(0), 0, 600, () => 10),
    600,
    690,
    () => 3000,
  );
  expect(jumped.now?.leads.web).toBeGreaterThanOrEqual(1);
  expect(jumped.now?.leads.web).toBeLessThanOrEqual(4);
});

test("over 24 hours its memory stays as large as a day's table, and small enough for one item of the state table", () => {
  const hour = watch(noForesight(0), 0, HOUR, day);
  const most = watch(hour, HOUR, 23 * HOUR, day);
  const whole = watch(most, 23 * HOUR, 24 * HOUR, day);
  const sizes = [hour, most, whole].map((foresight) => JSON.stringify(foresight).length);
  // A day of minutes of two services is reserved at its beginning.
  expect(sizes[2]).toBeLessThan((sizes[0] ?? 0) + 2 * 1440 * 8);
  expect(sizes[2]).toBeLessThan((sizes[1] ?? 0) + 2 * 60 * 8 + 2_000);
  expect(9 * (sizes[2] ?? 0)).toBeLessThan(400_000);
});
