import type { RecordedDecision } from "./decision.ts";

/** What is done with one worker, in words. */
const WORKER_VERBS: Readonly<Partial<Record<RecordedDecision["kind"], string>>> = {
  "drain-worker": "drains",
  "cancel-drain": "comes back from draining",
  "terminate-worker": "ends",
  "replace-worker": "is replaced",
};

/** A decision as one line for people. */
export function decisionText(decision: RecordedDecision): string {
  if (decision.kind === "override") return `${decision.target.replace(/^replicas\/\*\//, "")}: ${decision.text}`;
  const what = decision.kind === "hold" ? `holds ${decision.from}` : `${decision.from} -> ${decision.to}`;
  const status = decision.outcome?.status ?? "applied";
  const outcome = status === "applied" ? "" : ` [${status}]`;
  const verb = WORKER_VERBS[decision.kind];
  const who =
    verb === undefined
      ? decision.target.replace(/^replicas\//, "")
      : `${decision.worker ?? "a worker"} ${verb}, workers`;
  return `${who} ${what}: ${decision.text}${outcome}`;
}
