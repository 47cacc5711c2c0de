import type { TickResult } from "../loop/tick-result.ts";
import type { Log } from "../runtime/log.ts";
import type { Inbox } from "./inbox.ts";
import type { Receipts } from "./receipts.ts";

export interface ReceiptAnswersDeps {
  readonly receipts: Receipts;
  readonly inbox: Inbox;
  readonly log: Log;
  /** Who acts; null when nobody has been seen. */
  readonly holder: () => string | null;
}

/** Notes with each receipt what the tick decided that it woke. */
export function createReceiptAnswers({ receipts, inbox, log, holder }: ReceiptAnswersDeps) {
  return (result: TickResult): void => {
    const { number, receipts: ids, records, observation, isStandby } = result;
    if (ids.length === 0) return;
    if (isStandby) {
      receipts.ledTo(ids, [], [`another scaler acts: ${holder() ?? "unknown yet"}`]);
      return;
    }
    const changes = records.filter(({ kind }) => kind !== "hold").map(({ id }) => id);
    const holds = records.filter(({ kind }) => kind === "hold");
    const holdTexts = holds.map(({ target, reason }) => `${target}: ${reason.code}`);
    receipts.ledTo(ids, changes, holdTexts);
    log.info({ receipts: ids, tick: number, decisions: changes }, "receipts answered");
    if (!observation.group.ok) return;
    const known = new Set(observation.group.value.workers.map(({ id }) => id));
    for (const { signal, name } of inbox.signals())
      if (signal.worker !== undefined && !known.has(signal.worker))
        receipts.note(ids, `${name} ignored: unknown worker ${signal.worker}`);
  };
}
