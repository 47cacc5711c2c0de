import type { Action } from "../demo/timeline.ts";

/** A decision as the scaler recorded it. Times in epoch milliseconds. */
export interface RecordedDecision {
  readonly id: string;
  readonly atMs: number;
  /** `workers`, or `replicas/WORKER/SERVICE`. */
  readonly target: string;
  readonly kind: string;
  /** The worker that it is about, where it is about one. */
  readonly worker?: string | undefined;
  readonly from: number;
  readonly to: number;
  /** The reason, as a sentence. */
  readonly text: string;
  /** What became of it; unset on a hold and while it is under way. */
  readonly outcome?: "applied" | "skipped" | "failed";
}

/** What is done with one worker, in words. */
const WORKER_VERBS: Readonly<Record<string, string>> = {
  "drain-worker": "drains",
  "cancel-drain": "comes back from draining",
  "terminate-worker": "ends",
  "replace-worker": "is replaced",
};

/**
 * The decision as a change that was made; undefined when it changed nothing. A scale-in of workers is its drain, a cancelled drain is a
 * scale-out; the termination that follows a drain changes nothing more.
 */
export function actionOf(decision: RecordedDecision): Action | undefined {
  if (decision.kind === "terminate-worker") return undefined;
  if (decision.kind === "hold" || decision.outcome !== "applied" || decision.from === decision.to) return undefined;
  const { atMs, target, from, to, text } = decision;
  const replicas = target.startsWith("replicas/");
  return {
    atMs,
    level: replicas ? "containers" : "instances",
    target: target.replace(/^replicas\//, ""),
    from,
    to,
    reason: text,
  };
}

/** One line for people. */
export function decisionText(decision: RecordedDecision): string {
  const what = decision.kind === "hold" ? `holds ${decision.from}` : `${decision.from} -> ${decision.to}`;
  const outcome = decision.outcome === undefined || decision.outcome === "applied" ? "" : ` [${decision.outcome}]`;
  const verb = WORKER_VERBS[decision.kind];
  const who =
    verb === undefined
      ? decision.target.replace(/^replicas\//, "")
      : `${decision.worker ?? "a worker"} ${verb}, workers`;
  return `${who} ${what}: ${decision.text}${outcome}`;
}
