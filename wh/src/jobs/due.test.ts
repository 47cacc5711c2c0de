import { cronTimes } from "@compose-fleet/fleet";
import { expect, test } from "vitest";
import { dueOf } from "./due.ts";

const at = (text: string) => Date.parse(`2026-${text}Z`);
const MINUTE_MS = 60_000;

test.each([
  ["nothing came since", "03-01T03:00", "03-01T23:00", {}],
  ["what came just now is due", "03-01T03:00", "03-02T03:00", { dueAtMs: at("03-02T03:00") }],
  ["and a little later", "03-01T03:00", "03-02T03:05", { dueAtMs: at("03-02T03:00") }],
  ["later it was missed", "03-01T03:00", "03-02T03:06", { missed: { count: 1, lastMs: at("03-02T03:00") } }],
  [
    "those before were missed, whenever the newest is due",
    "03-01T03:00",
    "03-04T03:01",
    { dueAtMs: at("03-04T03:00"), missed: { count: 2, lastMs: at("03-03T03:00") } },
  ],
])("%s", (_rule, since, now, expected) => {
  expect(dueOf(cronTimes("0 3 * * *", "UTC"), at(since), at(now), 5 * MINUTE_MS)).toEqual(expected);
});

test("of a job of each minute that nobody looked after for a year, the newest is found at once", () => {
  const now = at("12-31T23:59");
  const { dueAtMs, missed } = dueOf(cronTimes("* * * * *", "UTC"), at("01-01T00:00"), now, MINUTE_MS);
  expect(dueAtMs).toBe(now);
  expect(missed?.count).toBeGreaterThanOrEqual(10_000);
});
