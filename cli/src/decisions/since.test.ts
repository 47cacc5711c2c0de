import { expect, test } from "vitest";
import { parseSince } from "./since.ts";

const NOW = Date.parse("2026-03-02T12:00:00Z");

test.each([
  ["90s", "2026-03-02T11:58:30.000Z"],
  ["2h", "2026-03-02T10:00:00.000Z"],
  ["3d", "2026-02-27T12:00:00.000Z"],
  ["0m", "2026-03-02T12:00:00.000Z"],
  ["2026-03-01", "2026-03-01T00:00:00.000Z"],
  ["2026-03-01T22:00+02:00", "2026-03-01T20:00:00.000Z"],
  ["2026-03-01T22:00:00Z", "2026-03-01T22:00:00.000Z"],
])("%s", (text, time) => {
  expect(new Date(parseSince(text)(NOW)).toISOString()).toBe(time);
});

test.each([
  "",
  "2",
  "h",
  "-2h",
  "2 h",
  "1.5h",
  "yesterday",
  "2026-13-01",
  "2026-02-31",
  "2026-03-01T22:00:00",
  "1e3s",
  "9".repeat(40),
])("%j is refused", (text) => {
  expect(() => parseSince(text)).toThrow("Write how long ago");
});
