import type { Receipt } from "@compose-fleet/wh-api";
import { expect, test } from "vitest";
import { payload, recordedPayload } from "../test-support/notifications.ts";
import { type Notification, parseNotification } from "./notification.ts";
import { receiptKey } from "./receipt-key.ts";
import { createReceipts } from "./receipts.ts";

const receipt = (id: string): Receipt => ({
  id,
  receivedAtMs: 0,
  receiver: "wh",
  groupKey: "g",
  firing: 1,
  resolved: 0,
  truncatedAlerts: 0,
  notes: [],
  decisions: [],
  holds: [],
});
const parsed = (body: unknown): Notification => {
  const result = parseNotification(body);
  if (!result.ok) throw new Error(result.problem);
  return result.notification;
};

test("a receipt tells its way: received, woke a tick, led to decisions", () => {
  const receipts = createReceipts();
  receipts.add(receipt("r1"), "k1");
  expect(receipts.takeQueued(7)).toEqual(["r1"]);
  expect(receipts.takeQueued(8)).toEqual([]);
  receipts.ledTo(["r1"], ["d1"], ["workers: steady"]);
  receipts.note(["r1"], "a note");
  receipts.note(["r1"], "a note");
  expect(receipts.find("r1")).toMatchObject({
    tick: 7,
    decisions: ["d1"],
    holds: ["workers: steady"],
    notes: ["a note"],
  });
});

test("the same news again names the receipt it repeats", () => {
  const receipts = createReceipts();
  receipts.add(receipt("r1"), "k1");
  expect(receipts.add(receipt("r2"), "k1").repeats).toBe("r1");
  expect(receipts.add(receipt("r3"), "k2").repeats).toBeUndefined();
});

test("only the last receipts are kept", () => {
  const receipts = createReceipts(2);
  for (const id of ["r1", "r2", "r3"]) receipts.add(receipt(id), id);
  expect(receipts.latest(10).map(({ id }) => id)).toEqual(["r3", "r2"]);
  expect(receipts.add(receipt("r4"), "r1").repeats).toBeUndefined();
});

test("the key ignores the order of alerts, but not their state, start, group or receiver", () => {
  const two = parsed(recordedPayload("2-firing-2alerts"));
  const reversed = { ...two, alerts: [...two.alerts].reverse() };
  expect(receiptKey(reversed)).toBe(receiptKey(two));
  const one = parsed(payload({ alertname: "A" }));
  const others = [
    parsed(payload({ alertname: "A" }, { status: "resolved" })),
    parsed(payload({ alertname: "A" }, { startsAt: "2026-01-02T00:00:00Z" })),
    { ...one, groupKey: "other" },
    { ...one, receiver: "other" },
  ];
  expect(new Set([one, ...others].map(receiptKey)).size).toBe(5);
});
