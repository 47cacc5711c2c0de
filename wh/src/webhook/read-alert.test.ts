import { describe, expect, test } from "vitest";
import { readAlert } from "./read-alert.ts";

const SERVICES = ["service-a"];
const alert = (labels: Record<string, string>) => ({
  status: "firing" as const,
  labels,
  fingerprint: "f1",
  startsAtMs: 7,
});

describe("signals", () => {
  test.each([
    [
      "a scaling alert is a signal of kind alert",
      { scale: "containers", direction: "up", service: "service-a", worker: "i-1" },
      { id: "f1@7", kind: "alert", scale: "containers", direction: "up", service: "service-a", worker: "i-1" },
    ],
    [
      'fleet_test="true" makes it a test',
      { scale: "instances", direction: "down", fleet_test: "true" },
      { id: "f1@7", kind: "test", scale: "instances", direction: "down" },
    ],
    [
      "any other fleet_test does not",
      { scale: "instances", direction: "up", fleet_test: "yes" },
      { id: "f1@7", kind: "alert", scale: "instances", direction: "up" },
    ],
    [
      "empty service and worker mean all",
      { scale: "containers", direction: "up", service: "", worker: "" },
      { id: "f1@7", kind: "alert", scale: "containers", direction: "up" },
    ],
  ])("%s", (_rule, labels, signal) => {
    expect(readAlert(alert(labels as unknown as Record<string, string>), SERVICES)).toEqual({ signal });
  });
});

describe("notes instead of signals", () => {
  const scaling = { alertname: "A", scale: "containers", direction: "up" };
  test.each([
    ["no scale label", { alertname: "InstanceDown" }, "InstanceDown: no label scale, only wakes the loop"],
    [
      "unknown scale",
      { ...scaling, scale: "pods" },
      "A ignored: unknown scale pods, known are containers and instances",
    ],
    [
      "unknown direction",
      { ...scaling, direction: "left" },
      "A ignored: unknown direction left, known are up and down",
    ],
    [
      "no direction",
      { alertname: "A", scale: "instances" },
      "A ignored: unknown direction (none), known are up and down",
    ],
    ["unknown service", { ...scaling, service: "nope" }, "A ignored: unknown service nope"],
    [
      "a service with shell characters",
      { ...scaling, service: "a;$(reboot)" },
      "A ignored: unknown service a;$(reboot)",
    ],
    [
      "a service named like an object's property",
      { ...scaling, service: "__proto__" },
      "A ignored: unknown service __proto__",
    ],
    ["a worker with shell characters", { ...scaling, worker: "i-1`id`" }, "A ignored: unknown worker i-1`id`"],
    ["a worker that looks like an option", { ...scaling, worker: "--all" }, "A ignored: unknown worker --all"],
    [
      "control characters are shown as ?",
      { ...scaling, service: "a\n\u001b[2Jb" },
      "A ignored: unknown service a??[2Jb",
    ],
    [
      "long names are cut",
      { ...scaling, service: "x".repeat(5000) },
      `A ignored: unknown service ${"x".repeat(61)}...`,
    ],
  ])("%s", (_rule, labels, note) => {
    expect(readAlert(alert(labels as unknown as Record<string, string>), SERVICES)).toEqual({ note });
  });
});
