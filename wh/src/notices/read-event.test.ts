import { expect, test } from "vitest";
import { HOME, machineEvent } from "../test-support/fake-events.ts";
import { readEvent } from "./read-event.ts";

const AT_MS = Date.parse("2026-03-01T12:00:00Z");
const ID = "i-0123456789abcdef0";
const event = (change: object = {}, kind: "interruption" | "rebalance" = "interruption") =>
  machineEvent({ nowMs: () => AT_MS }, ID, kind, change);

test.each(["interruption", "rebalance"] as const)("an event of a Spot %s says which machine, and when", (kind) => {
  expect(readEvent(event({}, kind), HOME)).toEqual({ instance: ID, kind, saidAtMs: AT_MS });
});

test.each([
  ["another account", event({ account: "210987654321" }), "foreign"],
  ["another region", event({ region: "us-east-1" }), "foreign"],
  [
    "a launch of the group",
    event({ source: "aws.autoscaling", "detail-type": "EC2 Instance Launch Successful" }),
    "other",
  ],
  ["a kind that AWS invents later", event({ "detail-type": "EC2 Spot Instance Something" }), "other"],
  ["a name that objects have", event({ "detail-type": "constructor" }), "other"],
  ["the same words from another source", event({ source: "my.app" }), "other"],
  ["no machine", event({ detail: {} }), "malformed"],
  ["a machine by no id of EC2", event({ detail: { "instance-id": "i-1; reboot" } }), "malformed"],
  ["a time that is none", event({ time: "soon" }), "malformed"],
  ["no event at all", JSON.stringify(["x"]), "malformed"],
  ["no JSON", "{", "malformed"],
  ["nothing", "", "malformed"],
])("%s", (_what, body, expected) => {
  expect(readEvent(body, HOME)).toBe(expected);
});
