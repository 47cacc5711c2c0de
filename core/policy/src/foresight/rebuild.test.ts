import { describe, expect, test } from "vitest";
import { seasonAhead } from "../forecast/season.ts";
import { waitsOf } from "../ladder/ladder.ts";
import { withoutOf } from "./origin.ts";
import { type DemandHistory, foresightFrom } from "./rebuild.ts";

const DAY = 1440;
const NOW_MS = 20 * DAY * 60_000;
const now = { atMs: NOW_MS, workers: 2, min: 1, max: 6 };
const settings = {
  capacities: { web: 1000 },
  scaleInShare: 0.9,
  busyCpu: 0.6,
  budget: 1,
  prices: { action: 240, reversal: 600, overload: 80, lost: 400 },
};

/** Peaks of the last `minutes` minutes; undefined where there is a hole. */
function historyOf(minutes: number, at: (minute: number) => number | undefined): DemandHistory {
  const web = Array.from({ length: minutes }, (_, index) => {
    const minute = 20 * DAY - minutes + 1 + index;
    return { atMs: minute * 60_000, value: at(minute) };
  });
  return { services: { web: web.flatMap(({ atMs, value }) => (value === undefined ? [] : [{ atMs, value }])) } };
}

/** 2500 for twenty minutes of each hour of the day's second half, else 500. */
const busy = (minute: number) => (minute % DAY >= 720 && minute % 60 < 20 ? 2500 : 500);

describe("from seven days", () => {
  const known = foresightFrom(historyOf(7 * DAY, busy), now, settings);

  test("the season is known, to the minute", () => {
    const season = known.services.web?.season;
    expect(season && seasonAhead(season)?.skill).toBeGreaterThan(0.25);
    expect(season?.days.filter((day) => day !== null)).toHaveLength(7);
  });

  test("trend, waits and the ladder are those of the last day", () => {
    expect(known.services.web?.trend?.level).toBeCloseTo(500, 0);
    expect(waitsOf(known.ladder).levels[1]?.gaps.length).toBeGreaterThan(3);
    expect(known.ladder.watchedSeconds).toBeGreaterThan(23 * 3600);
  });

  test("nothing is missing", () => {
    expect(known.origin).toMatchObject({ minutes: 7 * DAY, problem: undefined });
    expect(withoutOf(known.origin)).toBeUndefined();
  });
});

describe("what is missing is told, and never 0", () => {
  test.each<[string, DemandHistory, RegExp | undefined]>([
    ["nothing", { services: {}, problem: "Prometheus answered 503" }, /^any history .*answered 503/],
    ["an hour", historyOf(60, busy), /^a whole day of history: 60 of its 1440 minutes/],
    [
      "a day with a hole of three hours",
      historyOf(DAY, (minute) => (minute % DAY > 300 && minute % DAY < 481 ? undefined : busy(minute))),
      /^a whole day of history: 1260 of/,
    ],
    ["a whole day", historyOf(DAY, busy), undefined],
  ])("%s", (_rule, history, said) => {
    const without = withoutOf(foresightFrom(history, now, settings).origin);
    if (said === undefined) expect(without).toBeUndefined();
    else expect(without).toMatch(said);
  });

  test("a hole is no fall of the load: it teaches no wait", () => {
    const hole = (minute: number) => (minute % DAY > 900 && minute % DAY < 960 ? undefined : 2500);
    const { levels } = waitsOf(foresightFrom(historyOf(DAY, hole), now, settings).ladder);
    expect(levels.every(({ gaps }) => gaps.length === 0)).toBe(true);
  });

  test("numbers that are no rate, samples out of order and of the future count as absent", () => {
    const clean = historyOf(2 * DAY, busy);
    const { web = [] } = clean.services;
    const soiled = {
      services: {
        web: [
          { atMs: Number.NaN, value: 1 },
          ...web.flatMap((sample, index) =>
            index % 100 === 50 ? [sample, { atMs: sample.atMs - 1, value: 9e9 }, { ...sample, value: 9e9 }] : [sample],
          ),
          { atMs: NOW_MS + 60_000, value: 9e9 },
          { atMs: NOW_MS, value: Number.NaN },
          { atMs: NOW_MS, value: -1 },
        ],
      },
    };
    expect(foresightFrom(soiled, now, settings)).toEqual(foresightFrom(clean, now, settings));
  });
});
