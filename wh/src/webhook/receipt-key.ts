import { createHash } from "node:crypto";
import type { Notification } from "./notification.ts";

/** Same key, same news: receiver, group and the sorted state of its alerts. Order, retries and extra fields do not matter. */
export function receiptKey(notification: Notification): string {
  const alerts = notification.alerts.map((alert) => `${alert.fingerprint} ${alert.status} ${alert.startsAtMs}`).sort();
  return createHash("sha256")
    .update(JSON.stringify([notification.receiver, notification.groupKey, alerts]))
    .digest("hex")
    .slice(0, 32);
}
