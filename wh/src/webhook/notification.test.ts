import { describe, expect, test } from "vitest";
import { payload, recordedPayload } from "../test-support/notifications.ts";
import { parseNotification } from "./notification.ts";

describe("accepted", () => {
  test("recorded payloads of a real Alertmanager", () => {
    const firing = parseNotification(recordedPayload("2-firing-2alerts"));
    expect(firing).toMatchObject({ ok: true, notification: { receiver: "wh", truncatedAlerts: 0 } });
    if (!firing.ok) return;
    expect(firing.notification.alerts.map(({ status, endsAtMs }) => [status, endsAtMs])).toEqual([
      ["firing", undefined],
      ["firing", undefined],
    ]);
    const resolved = parseNotification(recordedPayload("4-resolved-1alerts"));
    expect(resolved.ok && resolved.notification.alerts[0]).toMatchObject({
      status: "resolved",
      endsAtMs: Date.parse("2026-11-21T20:51:44.294Z"),
    });
  });

  test("unknown keys at every level", () => {
    const body = payload({ alertname: "A" }) as { alerts: object[] };
    expect(parseNotification({ ...body, future: 1, alerts: [{ ...body.alerts[0], future: {} }] }).ok).toBe(true);
  });
});

describe("refused", () => {
  const good = payload({ alertname: "A" });
  test.each([
    ["version 3", { ...good, version: "3" }, /version "3" .* send version "4"/],
    ["version as a number", { ...good, version: 4 }, /version "4"/],
    ["an object as version, shown by its type", { ...good, version: {} }, /version "object"/],
    ["no alerts", { ...good, alerts: undefined }, /alerts/],
    ["a null", null, /not an Alertmanager notification/],
    ["an array", [good], /not an Alertmanager notification/],
    ["an unknown alert status", payload({}, { status: "maybe" }), /alerts\.0\.status/],
    ["a start that is no time", payload({}, { startsAt: "yesterday" }), /alerts\.0\.startsAt/],
    ["an empty fingerprint", payload({}, { fingerprint: "" }), /alerts\.0\.fingerprint/],
    ["labels that are no texts", payload({ a: 1 as unknown as string }), /alerts\.0\.labels/],
  ])("%s", (_rule, body, problem) => {
    const result = parseNotification(body);
    expect(result).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
  });
});
