import { type ActiveSignal, createSignalBook, type SignalNews } from "@compose-fleet/policy";
import type { Receipt } from "@compose-fleet/wh-api";
import { type Clock, monotonicOf } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { display } from "./display.ts";
import type { Notification } from "./notification.ts";
import { readAlert } from "./read-alert.ts";
import { receiptKey } from "./receipt-key.ts";
import type { Receipts } from "./receipts.ts";

export interface InboxDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly receipts: Receipts;
  readonly services: readonly string[];
  readonly newId: () => string;
  /** Called after each notification that asks for a tick. */
  readonly wake: () => void;
}

/** Takes notifications in, in memory and at once: the work is the loop's. */
export interface Inbox {
  receive(notification: Notification): Receipt;
  /** Signals active now. */
  signals(): readonly ActiveSignal[];
}

/** The inbox between the webhook and the loop. */
export function createInbox({ clock, log, receipts, services, newId, wake }: InboxDeps): Inbox {
  const book = createSignalBook();
  return {
    receive: (notification) => {
      const news: SignalNews[] = [];
      const notes: string[] = [];
      for (const alert of notification.alerts) {
        const reading = readAlert(alert, services);
        if ("note" in reading) {
          notes.push(reading.note);
          continue;
        }
        const name = display(alert.labels.alertname ?? "alert");
        const end = alert.endsAtMs === undefined ? {} : { endsAtMs: monotonicOf(clock, alert.endsAtMs) };
        news.push({ signal: reading.signal, name, status: alert.status, ...end });
      }
      book.apply(news, clock.monotonicMs());
      const receipt = receipts.add(
        {
          id: newId(),
          receivedAtMs: clock.nowMs(),
          receiver: display(notification.receiver),
          groupKey: notification.groupKey.replace(/[^\x20-\x7e]/g, "?").slice(0, 200),
          firing: notification.alerts.filter((alert) => alert.status === "firing").length,
          resolved: notification.alerts.filter((alert) => alert.status === "resolved").length,
          truncatedAlerts: notification.truncatedAlerts,
          notes: [...new Set(notes)],
          decisions: [],
          holds: [],
        },
        receiptKey(notification),
      );
      log.info({ receipt }, "notification received");
      wake();
      return receipt;
    },
    signals: () => book.active(clock.monotonicMs()),
  };
}
