import { renderReason } from "@compose-fleet/policy";
import type { Outcome } from "../act/outcome.ts";
import type { DecisionRecord } from "../loop/decision-record.ts";
import type { TickResult } from "../loop/tick.ts";

const BLIND_MS = 60_000;

/** Decides what is worth telling people: workers coming and going, failed launches, blindness. */
export interface FleetNews {
  onTick(result: Pick<TickResult, "observation">): void;
  onOutcome(record: DecisionRecord, outcome: Outcome): void;
}

/** Each thing is said once, when it begins or ends, not at each tick. */
export function createFleetNews(say: (line: string) => void): FleetNews {
  let failedLaunches = 0;
  let blindSinceMs: number | undefined;
  let isBlindSaid = false;
  const problems = new Map<string, string>();

  return {
    onTick: ({ observation }) => {
      if (observation.group.ok) {
        const { failedLaunches: now } = observation.group.value;
        if (now > failedLaunches) say(`launching a worker failed (${now} in a row)`);
        failedLaunches = now;
      }
      if (observation.metricsReadable) {
        if (isBlindSaid) say("Prometheus can be read again");
        blindSinceMs = undefined;
        isBlindSaid = false;
        return;
      }
      blindSinceMs ??= observation.atMs;
      if (!isBlindSaid && observation.atMs - blindSinceMs > BLIND_MS) {
        say("Prometheus has not been readable for a minute: nothing scales in, and out only by alerts");
        isBlindSaid = true;
      }
    },
    onOutcome: (record, outcome) => {
      if (outcome.status === "skipped") return;
      const failedBefore = problems.get(record.target);
      if (outcome.status === "failed") {
        if (failedBefore !== outcome.reason)
          say(`${record.target} ${record.from} -> ${record.to} failed: ${outcome.reason}`);
        if (problems.size > 200) problems.clear();
        problems.set(record.target, outcome.reason);
        return;
      }
      problems.delete(record.target);
      if (record.target !== "workers") return;
      if (record.kind === "drain-worker" || record.kind === "cancel-drain") {
        const what = record.kind === "drain-worker" ? "drains" : "comes back from draining";
        return say(`${record.worker} ${what}: ${renderReason(record.reason)}`);
      }
      if (record.kind === "replace-worker") return say(`${record.worker} is replaced: ${renderReason(record.reason)}`);
      const verb = record.to > record.from ? "scaled out" : "scaled in";
      say(`workers ${verb} ${record.from} -> ${record.to}: ${renderReason(record.reason)}`);
    },
  };
}
