import fc from "fast-check";
import { expect, test } from "vitest";
import { type AlarmConfiguration, type AlarmState, alarmStop } from "./alarms.ts";

const NAMES = ["a", "b", "c"] as const;
const configuration: fc.Arbitrary<AlarmConfiguration> = fc.record({
  enabled: fc.boolean(),
  ignorePollAlarmFailure: fc.boolean(),
  alarms: fc.subarray([...NAMES]),
});
const states: fc.Arbitrary<ReadonlyMap<string, AlarmState> | undefined> = fc.option(
  fc
    .array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom<AlarmState>("OK", "ALARM", "INSUFFICIENT_DATA")))
    .map((entries) => new Map(entries)),
  { nil: undefined },
);

test("an alarm that counts and is active always stops a deployment, and is named; nothing else is ALARM_ACTIVE", () => {
  fc.assert(
    fc.property(configuration, states, (given, known) => {
      const active = given.enabled ? given.alarms.filter((name) => known?.get(name) === "ALARM") : [];
      const stop = alarmStop(given, known);
      expect(stop?.code === "ALARM_ACTIVE").toBe(active.length > 0);
      for (const name of active) expect(stop?.message).toContain(name);
    }),
  );
});

test("an alarm that cannot be read stops it unless that is ignored", () => {
  fc.assert(
    fc.property(configuration, states, (given, known) => {
      const isActive = given.alarms.some((name) => known?.get(name) === "ALARM");
      const isUnread = given.alarms.some((name) => known?.get(name) === undefined);
      const stops = given.enabled && !given.ignorePollAlarmFailure && isUnread && !isActive;
      expect(alarmStop(given, known)?.code === "IAM_ROLE_PERMISSIONS").toBe(stops);
    }),
  );
});
