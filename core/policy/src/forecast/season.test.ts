import { expect, test } from "vitest";
import { noSeason, type Season, seasonAfter, seasonAhead } from "./season.ts";

const DAY = 1440;

/** A sample a minute. */
function feed(season: Season, from: number, to: number, valueAt: (minute: number) => number): Season {
  let fed = season;
  for (let minute = from; minute < to; minute++) fed = seasonAfter(fed, minute * 60_000, valueAt(minute));
  return fed;
}

/** 100 by night, 1000 from 9 to 17. */
const square = (minute: number) => (minute % DAY >= 540 && minute % DAY < 1020 ? 1000 : 100);

test("nothing is said on the first day", () => {
  expect(seasonAhead(feed(noSeason, 0, DAY, square))).toBeUndefined();
});

test("days that are alike are foreseen: three minutes ahead, and half an hour ahead", () => {
  const known = feed(noSeason, 0, 3 * DAY, square);
  const at = (minute: number) => seasonAhead(feed(known, 3 * DAY, 3 * DAY + minute, square));
  expect(at(536)?.skill).toBeGreaterThan(0.25);
  expect(at(520)?.next3Minutes).toBe(100);
  expect(at(520)?.next30Minutes).toBe(1000);
  expect(at(538)?.next3Minutes).toBe(1000);
});

test("a day that is half as busy is foreseen at half", () => {
  const known = feed(noSeason, 0, 3 * DAY, square);
  const halved = feed(known, 3 * DAY, 3 * DAY + 700, (minute) => square(minute) * 0.7);
  expect(seasonAhead(halved)?.next3Minutes).toBeCloseTo(700, 0);
});

test("days that are nothing alike say nothing", () => {
  // A period of 7.3 hours: no day is like the one before.
  const stray = (minute: number) => 500 + 400 * Math.sin((2 * Math.PI * minute) / 438);
  const ahead = seasonAhead(feed(noSeason, 0, 3 * DAY, stray));
  expect(ahead?.skill ?? 0).toBeLessThan(0.25);
});

test("holes and a clock that seems to go back change nothing that is known", () => {
  const known = feed(noSeason, 0, 2 * DAY, square);
  expect(seasonAfter(known, 1 * DAY * 60_000, 5_000)).toBe(known);
  const afterHole = feed(known, 2 * DAY + 300, 3 * DAY + 500, square);
  expect(seasonAhead(afterHole)?.next30Minutes).toBeLessThanOrEqual(1000);
});

test("its memory does not grow after nine days, and is what was written when it is read again", () => {
  const nine = feed(noSeason, 0, 9 * DAY, square);
  const ten = feed(nine, 9 * DAY, 10 * DAY, square);
  expect(JSON.stringify(ten).length).toBeLessThan(1.05 * JSON.stringify(nine).length);
  expect(JSON.stringify(ten).length).toBeLessThan(100_000);
  expect(JSON.parse(JSON.stringify(ten))).toEqual(ten);
});
