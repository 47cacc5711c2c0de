import { type Decision, limitOf, type Override, type Reason, targetKey, targetOf } from "@compose-fleet/policy";
import type { Outcome } from "../act/outcome.ts";
import { isAboutWorker } from "../act/preflight.ts";

/** A decision as it is kept and shown, with what became of it. */
export interface DecisionRecord {
  readonly id: string;
  readonly tick: number;
  /** By the machine's clock. */
  readonly atMs: number;
  /** `workers` or `replicas/WORKER/SERVICE`. */
  readonly target: string;
  readonly kind: Decision["kind"] | "override";
  /** The number before; on a hold, `from` and `to` are the same. */
  readonly from: number;
  readonly to: number;
  readonly worker?: string;
  readonly service?: string;
  readonly reason: Reason;
  /** Receipts that woke the tick. */
  readonly receipts: readonly string[];
  /** Unset on a hold, and while the action is under way. */
  readonly outcome?: Outcome & { readonly atMs: number };
}

/** A decision of tick `tick` as a record. */
export function recordOf(
  decision: Decision,
  tick: { readonly id: string; readonly number: number; readonly atMs: number; readonly receipts: readonly string[] },
): DecisionRecord {
  const target = targetOf(decision);
  const [from, to] = decision.kind === "hold" ? [decision.current, decision.current] : [decision.from, decision.to];
  return {
    id: tick.id,
    tick: tick.number,
    atMs: tick.atMs,
    target: targetKey(target),
    kind: decision.kind,
    from,
    to,
    ...(target.kind === "replicas" ? { worker: target.worker, service: target.service } : {}),
    ...(isAboutWorker(decision) ? { worker: decision.worker } : {}),
    reason: decision.reason,
    receipts: tick.receipts,
  };
}

/** An operator's word as a record of the audit: who asked for what, until when and why, or ended it. */
export function recordOfOverride(
  override: Override,
  event: { readonly id: string; readonly atMs: number; readonly ended?: { readonly by: string } },
): DecisionRecord {
  const { target, min, max, pause } = limitOf(override);
  const asks =
    pause === undefined ? { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) } : { pause };
  const what = target.kind === "replicas" ? `replicas/*/${target.service}` : "workers";
  return {
    id: event.id,
    tick: 0,
    atMs: event.atMs,
    target: what,
    kind: "override",
    from: 0,
    to: 0,
    reason: {
      code: event.ended ? "override-ended" : "override-set",
      numbers: {
        override: override.id,
        ...asks,
        untilMs: override.expiresAtMs,
        by: event.ended?.by ?? override.by,
        ...(override.reason === undefined ? {} : { why: override.reason }),
      },
    },
    receipts: [],
  };
}
