import { expect, test } from "vitest";
import { type Decision, isEventful, paceMs } from "../src/index.ts";
import { fleetConfig, observe, worker } from "./world.ts";

const notForeseeing = fleetConfig();
const { loop } = notForeseeing.scaling;
const foreseeing = fleetConfig({ scaling: { predictive: { enabled: true } } });
const calm = observe(0, [worker("i-1", 100, 2)]);
const reason = { code: "steady", numbers: {} } as const;
const hold: Decision = { kind: "hold", target: { kind: "workers" }, current: 1, reason };
const grow: Decision = { kind: "set-capacity", from: 1, to: 2, reason };

test.each([
  ["nothing changes and all can be read", [hold], calm, false],
  ["something changes", [hold, grow], calm, true],
  ["the metrics cannot be read", [hold], { ...calm, metricsReadable: false }, true],
])("a tick where %s keeps the loop fast: %#", (_rule, decisions, observation, expected) => {
  expect(isEventful(decisions, observation)).toBe(expected);
});

test.each([
  ["idle", false, 60_000, loop.idleSeconds],
  ["idle since ever", false, Number.POSITIVE_INFINITY, loop.idleSeconds],
  ["fast within a minute of an eventful tick", false, 59_999, loop.activeSeconds],
  ["fast while a signal is active", true, Number.POSITIVE_INFINITY, loop.activeSeconds],
])("the loop is %s", (_rule, hasSignal, sinceEventfulMs, seconds) => {
  expect(paceMs(notForeseeing, { hasSignal, sinceEventfulMs })).toBe(seconds * 1000);
});

test("with foresight it is always fast: a burst shows itself within seconds", () => {
  expect(paceMs(foreseeing, { hasSignal: false, sinceEventfulMs: Number.POSITIVE_INFINITY })).toBe(
    loop.activeSeconds * 1000,
  );
});

test.each([
  ["scales by CPU", { path: "/", port: 80, memory: "64m" }],
  [
    "has a signal",
    {
      path: "/",
      port: 80,
      memory: "64m",
      capacity: { requestsPerSecond: 1 },
      signals: [{ name: "q", query: "q", target: 1 }],
    },
  ],
])("where a service %s no alert wakes the loop for it, so it is always fast", (_rule, web) => {
  const config = fleetConfig({ services: { web } });
  expect(paceMs(config, { hasSignal: false, sinceEventfulMs: Number.POSITIVE_INFINITY })).toBe(
    loop.activeSeconds * 1000,
  );
});
