import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  changedMaintenance,
  inMaintenance,
  type MaintenanceState,
  maintenanceText,
  parseMaintenance,
} from "./maintenance-state.ts";

const services = ["web", "api", "shop"];

describe("what is written is what was meant", () => {
  test.each<[string | undefined, MaintenanceState | undefined]>([
    [undefined, []],
    ["none", []],
    ["*", "all"],
    ["web api", ["web", "api"]],
    ["", undefined],
    ["web  api", undefined],
    ["* web", undefined],
    ["WEB", undefined],
    ["$(id)", undefined],
  ])("%j", (text, state) => {
    expect(parseMaintenance(text)).toEqual(state);
    if (text !== undefined && state !== undefined) expect(maintenanceText(state)).toBe(text);
  });
});

describe("a change", () => {
  test.each<[MaintenanceState, { isOn: boolean; service?: string }, MaintenanceState]>([
    [[], { isOn: true }, "all"],
    [["web"], { isOn: true }, "all"],
    ["all", { isOn: false }, []],
    [[], { isOn: true, service: "api" }, ["api"]],
    [["web"], { isOn: true, service: "api" }, ["web", "api"]],
    [["web", "api"], { isOn: false, service: "web" }, ["api"]],
    // All but one: those that come later are not meant any more.
    ["all", { isOn: false, service: "web" }, ["api", "shop"]],
    ["all", { isOn: true, service: "web" }, "all"],
    [["gone", "web"], { isOn: true, service: "api" }, ["web", "api"]],
  ])("%j, %j: %j", (before, change, after) => {
    expect(changedMaintenance(before, change, services)).toEqual(after);
  });
});

test("whatever was before, the service that was named is as it was asked for, the others are as they were, and twice is once", () => {
  const states = fc.oneof(fc.constant("all" as const), fc.subarray(services));
  fc.assert(
    fc.property(states, fc.boolean(), fc.constantFrom(...services), (before, isOn, service) => {
      const after = changedMaintenance(before, { isOn, service }, services);
      const [was, is] = [inMaintenance(before, services), inMaintenance(after, services)];
      expect(is.includes(service)).toBe(isOn);
      expect(is.filter((name) => name !== service)).toEqual(was.filter((name) => name !== service));
      expect(changedMaintenance(after, { isOn, service }, services)).toEqual(after);
      expect(parseMaintenance(maintenanceText(after))).toEqual(after);
    }),
    { numRuns: 50 },
  );
});
