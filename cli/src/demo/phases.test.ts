import { expect, test } from "vitest";
import { busySeconds, defaultRps, demoSeconds, phaseAt } from "./phases.ts";

test.each([
  ["four cores carry the whole ramp", 4, 1_000],
  ["more cores do not raise it", 64, 1_000],
  ["two cores share", 2, 600],
  ["one core", 1, 300],
])("%s", (_rule, cores, rps) => {
  expect(defaultRps(cores)).toBe(rps);
});

const load = { rps: 600, rampSeconds: 120, holdSeconds: 60, floorRps: 5 };

test.each([
  [0, "ramp up to 600 req/s"],
  [120, "hold 600 req/s"],
  [180, "down to 5 req/s"],
  [185, "at 5 req/s, waiting for scale-in"],
])("at %d s: %s", (seconds, phase) => {
  expect(phaseAt(load, seconds)).toBe(phase);
});

test("with scaling the load lasts as long as scale-in may, without it ends after its fall", () => {
  expect(demoSeconds(load, true)).toBe(480);
  expect(demoSeconds(load, false)).toBe(busySeconds(load) + 5);
});
