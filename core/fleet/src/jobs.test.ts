import { describe, expect, test } from "vitest";
import { parseFleetConfig } from "./parse.ts";

const nightly = { service: "web", command: ["tidy"], schedule: "0 3 * * *" };
const parse = (jobs: object) =>
  parseFleetConfig({
    name: "test",
    services: { web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } } },
    jobs,
  });

test("a job says when it runs, and for how long at most", () => {
  const result = parse({
    migrate: { service: "web", command: "npm run migrate", when: "before-release" },
    nightly: { ...nightly, timezone: "Europe/Berlin", timeout: 1200, overlap: "skip" },
  });
  expect(result.ok && result.config.jobs).toEqual({
    migrate: { service: "web", command: ["npm", "run", "migrate"], when: "before-release", timeout: 600 },
    nightly: { ...nightly, timezone: "Europe/Berlin", timeout: 1200, overlap: "skip" },
  });
});

describe("what is wrong is told", () => {
  test.each<[string, object, RegExp]>([
    [
      "a service that is none",
      { a: { ...nightly, service: "wbe" } },
      /^jobs\.a\.service: no service is called so: write one of web/,
    ],
    [
      "neither time",
      { a: { service: "web", command: ["x"] } },
      /^jobs\.a\.when: write when: before-release, or a schedule/,
    ],
    [
      "both times",
      { a: { ...nightly, when: "before-release" } },
      /^jobs\.a\.schedule: write when: before-release, or a sch/,
    ],
    [
      "another time",
      { a: { service: "web", command: ["x"], when: "after-release" } },
      /^jobs\.a\.when: write "before-release"/,
    ],
    ["a schedule that never comes", { a: { ...nightly, schedule: "0 3 31 2 *" } }, /^jobs\.a\.schedule: never comes/],
    ["no schedule", { a: { ...nightly, schedule: "daily" } }, /^jobs\.a\.schedule: write minute, hour/],
    ["no zone", { a: { ...nightly, timezone: "Mars/Base" } }, /^jobs\.a\.timezone: write a time zone/],
    [
      "a zone without a schedule",
      { a: { service: "web", command: ["x"], when: "before-release", timezone: "UTC" } },
      /^jobs\.a\.timezone: remove it/,
    ],
    [
      "a shell's sign",
      { a: { ...nightly, command: "tidy > log" } },
      /^jobs\.a\.command: .*as a list, such as \["sh", "-c"/,
    ],
    ["an empty command", { a: { ...nightly, command: [] } }, /^jobs\.a\.command/],
    ["a line break", { a: { ...nightly, command: ["a\nb"] } }, /^jobs\.a\.command/],
    ["no time at all", { a: { ...nightly, timeout: 0 } }, /^jobs\.a\.timeout: write at least 1/],
    ["too long", { a: { ...nightly, timeout: 90_000 } }, /^jobs\.a\.timeout: write at most 21600/],
    ["an overlap", { a: { ...nightly, overlap: "queue" } }, /^jobs\.a\.overlap: write "skip"/],
    ["a name with a meaning", { asked: nightly }, /^jobs\.asked: asked has a meaning of its own/],
    ["a misspelt key", { a: { ...nightly, timeuot: 5 } }, /^jobs\.a\.timeuot: unknown key/],
  ])("%s", (_rule, jobs, fault) => {
    const result = parse(jobs);
    expect(result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`)).toContainEqual(
      expect.stringMatching(fault),
    );
  });
});
