import { describe, expect, test } from "vitest";
import { cronTimes, isTimeZone, scheduleProblem } from "./cron.ts";

function timesAfter(text: string, timezone: string, from: string, count: number): string[] {
  const times = cronTimes(text, timezone);
  const found: string[] = [];
  for (let at = times.next(Date.parse(from)); at !== undefined && found.length < count; at = times.next(at))
    found.push(new Date(at).toISOString().slice(5, 16));
  return found;
}

describe("days on which the clock is changed", () => {
  test.each([
    ["spring leaves 2:30 out: right after it", "30 2 * * *", "2026-03-28T12:00Z", ["03-29T01:00", "03-30T00:30"]],
    ["autumn has 2:30 twice: once", "30 2 * * *", "2026-10-24T12:00Z", ["10-25T00:30", "10-26T01:30"]],
    ["autumn has each hour", "0 * * * *", "2026-10-24T23:30Z", ["10-25T00:00", "10-25T01:00", "10-25T02:00"]],
    ["3 o'clock moves by an hour", "0 3 * * *", "2026-10-24T00:00Z", ["10-24T01:00", "10-25T02:00", "10-26T02:00"]],
  ])("%s", (_rule, text, from, expected) => {
    expect(timesAfter(text, "Europe/Berlin", from, expected.length)).toEqual(expected);
  });
});

test.each([
  ["leap days come", "0 3 29 2 *", "02-29T03:00"],
  ["names of days", "0 3 * * MON", "01-05T03:00"],
])("%s", (_rule, text, first) => {
  expect(timesAfter(text, "UTC", "2026-01-01T00:00Z", 1)).toEqual([first]);
});

test.each([
  ["30 2 31 2 *", /^never comes: no month has such a day$/],
  ["0 3 * *", /^write minute, hour/],
  ["0 0 3 * * *", /^write minute, hour/],
  ["2026-01-01T00:00:00", /^write minute, hour/],
  ["60 3 * * *", /\(Invalid value for minute: 60\)$/],
  ["x 3 * * *", /illegal characters/],
])("%s is refused", (text, problem) => {
  expect(scheduleProblem(text)).toMatch(problem);
});

test("time zones", () => {
  expect(["UTC", "Europe/Berlin", "Mars/Base", ""].map(isTimeZone)).toEqual([true, true, false, false]);
});
