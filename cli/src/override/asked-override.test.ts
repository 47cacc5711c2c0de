import { expect, test } from "vitest";
import { askedOverride, type OverrideOptions } from "./asked-override.ts";
import { limitText } from "./limit-text.ts";
import { secondsUntil } from "./until.ts";

const NOW = new Date(2026, 10, 30, 12, 0).getTime();
const kept = { for: 600, by: "ann", reason: "sale" };
const said = { forSeconds: 600, by: "ann", reason: "sale" };

test.each<[options: Partial<OverrideOptions>, asked: object]>([
  [{ min: 4 }, { kind: "limit-workers", min: 4 }],
  [
    { min: 4, max: 6 },
    { kind: "limit-workers", min: 4, max: 6 },
  ],
  [
    { max: 3, service: "web" },
    { kind: "limit-replicas", service: "web", max: 3 },
  ],
  [{ pin: 3 }, { kind: "pin-workers", workers: 3 }],
  [
    { pin: 3, service: "web" },
    { kind: "pin-replicas", service: "web", replicas: 3 },
  ],
  [{ pause: "in" }, { kind: "pause", direction: "in" }],
])("%o", (options, asked) => {
  expect(askedOverride({ ...kept, ...options }, NOW)).toEqual({ ...said, ...asked });
});

test.each<[rule: string, options: Partial<OverrideOptions>, problem: RegExp]>([
  ["nothing is asked for", {}, /--min, --max, --pin or --pause/],
  ["two things at once", { pin: 3, pause: "in" }, /one override says one thing/],
  ["a pin and a bound", { pin: 3, max: 4 }, /one override says one thing/],
  ["the least above the most", { min: 5, max: 4 }, /--min 5 is more than --max 4/],
  ["a pause of one service", { pause: "out", service: "web" }, /whole fleet/],
  ["no reason", { min: 4, reason: " " }, /--reason/],
  ["a reason of two lines", { min: 4, reason: "a\nb" }, /one line/],
  ["two ends", { min: 4, until: "22:00" }, /--until or --for/],
])("%s is refused", (_rule, options, problem) => {
  expect(() => askedOverride({ ...kept, ...options }, NOW)).toThrow(problem);
});

test("an end is needed", () => {
  expect(() => askedOverride({ min: 4, by: "ann", reason: "sale" }, NOW)).toThrow(/--until 22:00, or --for 2h/);
});

test.each<[text: string, seconds: number]>([
  ["22:00", 36_000],
  ["12:01", 60],
  ["12:00", 86_400],
  ["11:59", 86_340],
  ["2026-11-30T13:00", 3600],
  [new Date(NOW + 90_500).toISOString().replace(/\.\d+/, ""), 90],
])("--until %s", (text, seconds) => {
  expect(secondsUntil(text, NOW)).toBe(seconds);
});

test.each<[text: string, problem: RegExp]>([
  ["2026-11-30T11:59", /is over/],
  ["2026-12-01T12:01", /more than a day away.*schedules/],
  ["tomorrow", /is no time: write a time of day such as "22:00"/],
  ["24:00", /is no time/],
  ["12:60", /is no time/],
  ["2027-02-30T10:00", /is no time/],
  ["", /is no time/],
])("--until %s is refused", (text, problem) => {
  expect(() => secondsUntil(text, NOW)).toThrow(problem);
});

test.each([
  [
    { source: "override", target: "workers", min: 4, by: "ann", reason: "sale", untilMs: 0 },
    "workers: at least 4 until 1970-01-01 00:00 UTC, by ann: sale",
  ],
  [
    { source: "budget", target: "workers", max: 3, by: "the budget", untilMs: null },
    "workers: at most 3, by the budget",
  ],
  [
    { source: "override", target: "replicas/web", min: 2, max: 2, by: "eva", untilMs: null },
    "replicas of web: exactly 2, by eva",
  ],
  [{ source: "override", target: "fleet", pause: "in", by: "eva", untilMs: null }, "scale-in is paused, by eva"],
] as const)("%o reads %s", (limit, text) => {
  expect(limitText({ id: "x", ...limit })).toBe(text);
});
