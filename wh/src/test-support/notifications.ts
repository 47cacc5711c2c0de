import { readFileSync } from "node:fs";

export type PayloadName = "1-firing-1alerts" | "2-firing-2alerts" | "4-resolved-1alerts";

/** The body of a webhook call recorded from a real Alertmanager. */
export function recordedPayload(name: PayloadName): Record<string, unknown> {
  const path = new URL(`./fixtures/webhook-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")).body;
}

/** A webhook body with one alert. */
export function payload(
  labels: Record<string, string>,
  alert: { status?: string; startsAt?: string; endsAt?: string; fingerprint?: string } = {},
): Record<string, unknown> {
  return {
    version: "4",
    receiver: "wh",
    status: "firing",
    groupKey: `{}:{alertname="${labels.alertname ?? "Test"}"}`,
    truncatedAlerts: 0,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: "http://alertmanager:9093",
    alerts: [
      {
        status: "firing",
        labels,
        annotations: {},
        startsAt: "2026-01-01T00:00:00Z",
        endsAt: "0001-01-01T00:00:00Z",
        generatorURL: "",
        fingerprint: "e31c2f763041e26e",
        ...alert,
      },
    ],
  };
}
