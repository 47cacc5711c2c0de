import { decisionText, type LookAnswer, type RecordedDecision } from "@compose-fleet/wh-api";
import { directionOf } from "./chart-data.ts";

/** A kind of entry, which can be shown alone. */
export const ENTRY_KINDS = ["decision", "left", "notification", "release"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Something that happened. */
export interface Entry {
  readonly key: string;
  readonly atMs: number;
  readonly kind: EntryKind;
  readonly text: string;
  /** What came of it, where that is known. */
  readonly outcome: string | undefined;
  /** Says nothing that an earlier entry has not said: shown only where its kind is asked for. */
  readonly isRepeat?: boolean;
  readonly tone: "out" | "in" | "bad" | "plain";
}

const LEFT: ReadonlySet<RecordedDecision["kind"]> = new Set(["terminate-worker", "replace-worker"]);

/** Decisions with what became of them, notifications with their receipts, and what releases do, newest first. */
export function timelineOf(look: Pick<LookAnswer, "status">, decisions: readonly RecordedDecision[]): readonly Entry[] {
  const { receipts, releases } = look.status;
  const entries = [...decisions.map(entryOf), ...receipts.map(notificationOf)];
  if (releases && releases.since !== null) {
    const what = releases.revision ?? releases.commit ?? releases.branch;
    entries.push({
      key: `release ${what} ${releases.state}`,
      atMs: releases.since,
      kind: "release",
      text: `${what}: ${releases.state}${releases.waitsFor === null ? "" : `, for ${releases.waitsFor}`}`,
      outcome: releases.lastError ?? undefined,
      tone: releases.state === "failed" ? "bad" : "plain",
    });
  }
  return entries.sort((a, b) => b.atMs - a.atMs);
}

function entryOf(decision: RecordedDecision): Entry {
  const { outcome } = decision;
  const direction = directionOf(decision);
  const isBad = outcome?.status === "failed";
  return {
    key: `decision ${decision.id}`,
    atMs: decision.atMs,
    kind: LEFT.has(decision.kind) ? "left" : "decision",
    text: decisionText(decision),
    outcome: outcome ? outcomeText(outcome, decision.atMs) : "under way",
    tone: isBad ? "bad" : direction === "other" ? "plain" : direction,
  };
}

function outcomeText(outcome: NonNullable<RecordedDecision["outcome"]>, atMs: number): string {
  const seconds = Math.max(0, (outcome.atMs - atMs) / 1000);
  const after = `${outcome.status} after ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return outcome.reason === undefined ? after : `${after}: ${outcome.reason}`;
}

type Receipt = LookAnswer["status"]["receipts"][number];

function notificationOf(receipt: Receipt): Entry {
  const { decisions, firing, holds, id, notes, receivedAtMs, repeats, resolved, tick } = receipt;
  const told = [
    firing > 0 ? `${firing} firing` : "",
    resolved > 0 ? `${resolved} resolved` : "",
    repeats === undefined ? "" : "a repeat",
    ...notes,
  ].filter((part) => part !== "");
  const came =
    tick === undefined
      ? "waits for the next tick"
      : `woke tick ${tick}: ${decisions.length} changed, ${holds.length} held`;
  return {
    key: `receipt ${id}`,
    atMs: receivedAtMs,
    kind: "notification",
    text: `Alertmanager, ${receipt.receiver}: ${told.join(", ")}`,
    outcome: `${came} (receipt ${id})`,
    tone: "plain",
    isRepeat: repeats !== undefined && decisions.length === 0,
  };
}

/** Those of the kinds that are asked for, at most `most`; without a kind all that say something new. */
export function entriesShown(
  entries: readonly Entry[],
  kinds: ReadonlySet<EntryKind>,
  most: number,
): { readonly shown: readonly Entry[]; readonly hidden: number } {
  const wanted = entries.filter(({ isRepeat, kind }) => (kinds.size === 0 ? !isRepeat : kinds.has(kind)));
  return { shown: wanted.slice(0, most), hidden: Math.max(0, wanted.length - most) };
}
