import { describe, expect, test } from "vitest";
import { parseFleetConfig, windowState } from "../src/index.ts";

const services = {
  web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 }, replicas: { min: 2 } },
};
const evening = { name: "evening", from: "0 18 * * 1-5", to: "0 22 * * 1-5", timezone: "Europe/Berlin", min: 4 };
function faultsOf(...schedules: readonly object[]): readonly string[] {
  const result = parseFleetConfig({ name: "test", workers: { min: 1, max: 6 }, services, schedules });
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
}

test("schedules that follow each other, or limit different things, are fine", () => {
  expect(
    faultsOf(
      evening,
      { ...evening, name: "night", from: "0 22 * * 1-5", to: "0 6 * * 2-6", min: 1, max: 2 },
      { ...evening, name: "replicas", service: "web", min: 3 },
    ),
  ).toEqual([]);
});

describe("a fault says what to write", () => {
  test.each<[string, readonly object[], RegExp]>([
    ["no cron", [{ ...evening, from: "at six" }], /^schedules\.0\.from: write minute, hour.*such as "0 18 \* \* 1-5"/],
    ["seconds", [{ ...evening, from: "0 0 18 * * *" }], /^schedules\.0\.from: write minute, hour/],
    ["an hour that is none", [{ ...evening, to: "0 25 * * *" }], /^schedules\.0\.to: .*hour: 25/],
    [
      "a zone that is none",
      [{ ...evening, timezone: "Europe/Nowhere" }],
      /^schedules\.0\.timezone: write a time zone such as/,
    ],
    ["never starts", [{ ...evening, from: "0 0 30 2 *" }], /^schedules\.0\.from: never comes: no month has such a day/],
    ["never ends", [{ ...evening, to: "0 0 31 4 *" }], /^schedules\.0\.to: never comes/],
    ["always empty", [{ ...evening, to: evening.from }], /^schedules\.0\.to: comes whenever from does/],
    ["limits nothing", [{ ...evening, min: undefined }], /^schedules\.0\.min: write min, max or both/],
    ["min above max", [{ ...evening, max: 3 }], /^schedules\.0\.min: write at most max/],
    [
      "above the fleet's",
      [{ ...evening, min: 7 }],
      /^schedules\.0\.min: write a number within workers\.min and \.max, 1 to 6/,
    ],
    [
      "below a service's",
      [{ ...evening, service: "web", min: 1 }],
      /^schedules\.0\.min: write a number within web\.replicas\.min/,
    ],
    [
      "an unknown service",
      [{ ...evening, service: "api" }],
      /^schedules\.0\.service: there is no such service: write one of web/,
    ],
    [
      "one name twice",
      [evening, { ...evening, from: "0 3 * * *", to: "0 4 * * *" }],
      /^schedules\.1\.name: another schedule/,
    ],
    [
      "overlapping days",
      [evening, { ...evening, name: "b", from: "0 20 * * 5", to: "0 8 * * 6" }],
      /^schedules\.1\.from: overlaps with evening, for example at 2026-01-02 19:00 UTC/,
    ],
    [
      "one within the other",
      [{ ...evening, name: "b", from: "0 19 24 12 *", to: "0 20 24 12 *" }, evening],
      /^schedules\.1\.from: overlaps with b/,
    ],
    [
      "the longer one first",
      [{ ...evening, name: "b", from: "0 0 20 12 *", to: "0 0 3 1 *" }, evening],
      /^schedules\.1\.from: overlaps with b/,
    ],
    [
      "over the time zones",
      [evening, { ...evening, name: "b", timezone: "UTC", from: "0 17 * * *", to: "30 17 * * *" }],
      /^schedules\.1\.from: overlaps/,
    ],
    ["a misspelt key", [{ ...evening, tz: "UTC" }], /^schedules\.0\.tz: unknown key/],
  ])("%s", (_what, schedules, fault) => {
    expect(faultsOf(...schedules)[0]).toMatch(fault);
  });
});

describe("a window on the clock of its zone", () => {
  const at = (rule: { from: string; to: string }, time: string) => {
    const { holds, changesAtMs } = windowState({ ...rule, timezone: "Europe/Berlin" }, Date.parse(time));
    return [holds, changesAtMs === undefined ? undefined : new Date(changesAtMs).toISOString().slice(0, 16)];
  };
  const night = { from: "0 22 * * *", to: "0 6 * * *" };
  const early = { from: "30 2 * * *", to: "0 5 * * *" };
  test.each([
    ["its beginning is in it", evening, "2026-01-02T17:00:00Z", [true, "2026-01-02T21:00"]],
    ["a millisecond before is not", evening, "2026-01-02T16:59:59.999Z", [false, "2026-01-02T17:00"]],
    ["its end is not", evening, "2026-01-02T21:00:00Z", [false, "2026-01-05T17:00"]],
    ["over midnight", night, "2026-01-02T01:00:00Z", [true, "2026-01-02T05:00"]],
    ["over the day that has 23 hours", night, "2026-03-29T01:30:00Z", [true, "2026-03-29T04:00"]],
    ["over the day that has 25 hours", night, "2026-10-25T01:30:00Z", [true, "2026-10-25T05:00"]],
    ["a beginning in the skipped hour: right after it", early, "2026-03-29T01:00:00Z", [true, "2026-03-29T03:00"]],
    ["and not before", early, "2026-03-29T00:59:59Z", [false, "2026-03-29T01:00"]],
    ["a beginning that comes twice: at its first", early, "2026-10-25T00:30:00Z", [true, "2026-10-25T04:00"]],
    ["and it goes on through the second", early, "2026-10-25T01:30:00Z", [true, "2026-10-25T04:00"]],
    [
      "a window within the skipped hour does not come",
      { from: "10 2 * * *", to: "50 2 * * *" },
      "2026-03-29T01:00:00Z",
      [false, "2026-03-30T00:10"],
    ],
  ])("%s", (_rule, rule, time, expected) => {
    expect(at(rule, time)).toEqual(expected);
  });
});
