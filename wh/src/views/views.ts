import type { FleetConfig } from "@compose-fleet/fleet";
import { type ActiveSignal, type Limit, type Override, recalled, renderReason, targetKey } from "@compose-fleet/policy";
import type {
  DecisionsAnswer,
  Explained,
  Explanation,
  LeaderView,
  PullView,
  ReceiptExplanation,
  RecordedDecision,
  StatusAnswer,
  TargetExplanation,
} from "@compose-fleet/wh-api";
import type { DecisionRecord } from "../loop/decision-record.ts";
import type { Journal } from "../loop/journal.ts";
import type { DecisionSpan } from "../loop/ports.ts";
import type { TickResult } from "../loop/tick-result.ts";
import type { Receipts } from "../webhook/receipts.ts";
import { statusOf } from "./status-view.ts";

type Found<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** What the API shows. Text is rendered here, when someone looks. */
export interface Views {
  status(overrides: readonly Override[]): StatusAnswer;
  decisions(limit: number, target?: string): DecisionsAnswer;
  /** Decisions that changed something or were meant to, newest first. */
  changes(limit: number): readonly RecordedDecision[];
  /** The audit of a span of the last 90 days, newest first. Rejects when the state table cannot be read. */
  audit(span: DecisionSpan, limit: number): Promise<DecisionsAnswer>;
  /** The last decision of one target, or of all of them, with what it was made from. */
  explain(target?: string): Found<Explanation | TargetExplanation>;
  receipt(id: string): Found<ReceiptExplanation>;
}

export interface ViewsDeps {
  readonly config: FleetConfig;
  readonly hold: boolean;
  readonly journal: Journal;
  readonly receipts: Receipts;
  readonly live: {
    readonly lastTick: () => TickResult | undefined;
    /** What schedules and the budget say. */
    readonly limits: () => readonly Limit[];
    readonly signals: () => readonly ActiveSignal[];
    readonly inFlight: () => ReadonlySet<string>;
    readonly blindSeconds: () => number;
    readonly leader: () => LeaderView;
    /** Null where nothing is pulled. */
    readonly releases: () => PullView | null;
    readonly startedAtMs: number;
    /** A time of the monotonic clock, which the policy's are, as people know it. */
    readonly wallMs: (monotonicMs: number) => number;
  };
}

/** As many as the journal keeps at hand. */
const JOURNALLED = 2_000;

/** Views over the last tick, the journal and the receipts. */
export function createViews({ config, hold, journal, receipts, live }: ViewsDeps): Views {
  const dated = <T extends { readonly atMs: number }>(value: T): T => ({ ...value, atMs: live.wallMs(value.atMs) });
  const explainTarget = (tick: TickResult, record: DecisionRecord): Explained => {
    const { commanded, recommendations } = recalled(tick.memory, record.target);
    return {
      target: record.target,
      decision: renderRecord(record),
      recommendations: recommendations.map(dated),
      commanded: commanded ? dated(commanded) : null,
      steps: Object.entries(tick.memory.steps).flatMap(([signal, step]) =>
        step?.target === record.target ? [{ signal, direction: step.direction, value: step.value }] : [],
      ),
      inFlight: live.inFlight().has(record.target),
      troubles: (tick.observation.troubles ?? [])
        .filter(({ worker, service }) => record.target === targetKey({ kind: "replicas", worker, service }))
        .map(({ text }) => text),
      lastChange:
        journal
          .latest(JOURNALLED, record.target)
          .filter(({ kind }) => kind !== "hold")
          .map(renderRecord)[0] ?? null,
    };
  };

  return {
    status: (overrides) =>
      statusOf({
        config,
        hold,
        overrides,
        tick: live.lastTick(),
        limits: live.limits(),
        signals: live.signals(),
        inFlight: live.inFlight(),
        blindSeconds: live.blindSeconds(),
        leader: live.leader(),
        releases: live.releases(),
        startedAtMs: live.startedAtMs,
        wallMs: live.wallMs,
        receipts: receipts.latest(20),
      }),
    decisions: (limit, target) => ({ decisions: journal.latest(limit, target).map(renderRecord) }),
    changes: (limit) =>
      journal
        .latest(JOURNALLED)
        .filter(({ kind }) => kind !== "hold")
        .slice(0, limit)
        .map(renderRecord),
    audit: async (span, limit) => ({ decisions: (await journal.audit(span, limit)).map(renderRecord) }),
    explain: (target) => {
      const tick = live.lastTick();
      if (!tick) return { ok: false, problem: "no tick has been completed yet: ask again in a few seconds" };
      const head = { tick: tick.number, atMs: tick.atMs };
      if (target === undefined) {
        return { ok: true, value: { ...head, targets: tick.records.map((record) => explainTarget(tick, record)) } };
      }
      const record = tick.records.find((candidate) => candidate.target === target);
      if (record) return { ok: true, value: { ...head, ...explainTarget(tick, record) } };
      return {
        ok: false,
        problem: `unknown target: known are ${tick.records.map((known) => known.target).join(", ")}`,
      };
    },
    receipt: (id) => {
      const receipt = receipts.find(id);
      if (!receipt) return { ok: false, problem: "unknown receipt: the last ones are in /api/status" };
      return { ok: true, value: { receipt, decisions: journal.ofReceipt(id).map(renderRecord) } };
    },
  };
}

/** A record with its reason as a sentence. */
function renderRecord(record: DecisionRecord): RecordedDecision {
  return { ...record, text: renderReason(record.reason) };
}
