import type { RecordedDecision } from "@compose-fleet/wh-api";

/** A drain lasts so long at most before its worker ends, milliseconds: what was decided earlier explains nothing. */
const BEFORE_MS = 1_800_000;
/** Clocks of two machines differ. */
const AFTER_MS = 5_000;

/** The decision that a replica ended by: its worker's own, or one that took replicas of its service there; newest first in, undefined where none did. */
export function decisionOfReplica(
  decisions: readonly RecordedDecision[],
  { machine, service, endedAtMs }: { readonly machine: string; readonly service: string; readonly endedAtMs: number },
): RecordedDecision | undefined {
  return decisions.find(
    ({ atMs, target, from, to, worker, kind }) =>
      atMs <= endedAtMs + AFTER_MS &&
      atMs >= endedAtMs - BEFORE_MS &&
      ((target === `replicas/${machine}/${service}` && to < from) || (worker === machine && endsWorker(kind))),
  );
}

/** What was decided about a worker itself, or because AWS takes it away; newest first. */
export function decisionsOfWorker(decisions: readonly RecordedDecision[], id: string): readonly RecordedDecision[] {
  const isIts = ({ worker, reason }: RecordedDecision) =>
    worker === id || (reason.code === "taken-replaced" && String(reason.numbers.worker).split(", ").includes(id));
  return decisions.filter((decision) => decision.target === "workers" && decision.kind !== "hold" && isIts(decision));
}

/** The decision that asked for the worker: the last that wanted more before it was launched. */
export function decisionOfLaunch(
  decisions: readonly RecordedDecision[],
  launchedAtMs: number,
): RecordedDecision | undefined {
  return decisions.find(
    ({ target, atMs, from, to, kind }) =>
      target === "workers" &&
      atMs <= launchedAtMs + AFTER_MS &&
      atMs >= launchedAtMs - BEFORE_MS &&
      (to > from || kind === "replace-worker"),
  );
}

function endsWorker(kind: RecordedDecision["kind"]): boolean {
  return kind === "drain-worker" || kind === "terminate-worker" || kind === "replace-worker";
}
