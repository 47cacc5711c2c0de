import { z } from "zod";
import { firstOf, wellFormed } from "../text/code-points.ts";

const VERSION = "4";
const MAX_ALERTS = 10_000;

const labels = z.record(z.string().max(256), z.string().max(65_536));

// Unknown keys are accepted everywhere: Alertmanager may add some in any release.
const alertSchema = z.looseObject({
  status: z.enum(["firing", "resolved"]),
  labels,
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }).optional(),
  fingerprint: z.string().min(1).max(64),
});

const notificationSchema = z.looseObject({
  version: z.literal(VERSION),
  receiver: z.string().max(1024),
  groupKey: z.string().max(65_536),
  truncatedAlerts: z.int().min(0).optional(),
  alerts: z.array(alertSchema).max(MAX_ALERTS),
});

/** One alert of a notification, with only what the scaler reads. */
export interface NotifiedAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly startsAtMs: number;
  /** When the alert ends or ended (epoch ms); unset while no end is known. */
  readonly endsAtMs?: number;
}

/** A webhook call of Alertmanager. The top-level status is left out on purpose: it says firing if any alert fires. */
export interface Notification {
  readonly receiver: string;
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly alerts: readonly NotifiedAlert[];
}

export type NotificationResult =
  | { readonly ok: true; readonly notification: Notification }
  | { readonly ok: false; readonly problem: string };

/** Checks a decoded body against Alertmanager's webhook schema, version 4. Never throws. */
export function parseNotification(body: unknown): NotificationResult {
  const result = notificationSchema.safeParse(body);
  if (!result.success) return { ok: false, problem: problemOf(result.error, body) };
  const { receiver, groupKey, truncatedAlerts = 0, alerts } = result.data;
  return {
    ok: true,
    notification: {
      receiver,
      groupKey,
      truncatedAlerts,
      alerts: alerts.map((alert) => {
        const endsAtMs = Date.parse(alert.endsAt ?? "");
        return {
          status: alert.status,
          labels: alert.labels,
          fingerprint: alert.fingerprint,
          startsAtMs: Date.parse(alert.startsAt),
          // Alertmanager writes the year 1 for "no end known".
          ...(endsAtMs > 0 ? { endsAtMs } : {}),
        };
      }),
    },
  };
}

function problemOf(error: z.ZodError, body: unknown): string {
  if (typeof body === "object" && body !== null && "version" in body && body.version !== VERSION) {
    return `version ${quote(body.version)} of Alertmanager's webhook is not understood: send version "${VERSION}" (Alertmanager 0.16 or newer)`;
  }
  const faults = error.issues.slice(0, 5).map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  return `not an Alertmanager notification: ${faults.join("; ")}`;
}

function quote(value: unknown): string {
  return JSON.stringify(
    typeof value === "string" || typeof value === "number" ? firstOf(wellFormed(String(value)), 20) : typeof value,
  );
}
