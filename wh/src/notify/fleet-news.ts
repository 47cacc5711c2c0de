import { type GroupObservation, type Observation, renderReason } from "@compose-fleet/policy";
import type { Outcome } from "../act/outcome.ts";
import type { DecisionRecord } from "../loop/decision-record.ts";
import type { TickResult } from "../loop/tick-result.ts";
import type { Weight } from "./announcer.ts";
import { createLastingNews, type LastingState } from "./lasting-news.ts";

/** What is over sooner is no news. */
const LASTING_MS = 60_000;

/** Decides what is worth telling people: workers coming and going, failed launches, what cannot be read. */
export interface FleetNews {
  onTick(result: Pick<TickResult, "observation"> & Partial<Pick<TickResult, "lasting">>): void;
  onOutcome(record: DecisionRecord, outcome: Outcome): void;
}

/** Each thing is said once, when it begins or ends, not at each tick. */
export function createFleetNews(say: (line: string, weight?: Weight) => void): FleetNews {
  let failedLaunches = 0;
  const states = createLastingNews(say, LASTING_MS);
  // The policy has waited for as long as a boot takes.
  const overdue = createLastingNews(say, Number.NEGATIVE_INFINITY);
  const problems = new Map<string, string>();

  return {
    onTick: ({ observation, lasting = [] }) => {
      if (observation.group.ok) {
        const { failedLaunches: now, launchProblem } = observation.group.value;
        // The first of a row: what becomes of it the policy tells, when it gives up or nothing comes for too long.
        if (now > 0 && failedLaunches === 0)
          say(`launching a worker failed${launchProblem === undefined ? "" : `: ${launchProblem}`}`, "trouble");
        failedLaunches = now;
      }
      states.see("sources", unreadableSources(observation), observation.atMs);
      overdue.see("overdue", overdueStates(lasting, observation.atMs), observation.atMs);
      // While the group cannot be read, nobody knows of what is beside it.
      if (observation.group.ok) states.see("beside", unreadBeside(observation.group.value), observation.atMs);
    },
    onOutcome: (record, outcome) => {
      if (outcome.status === "skipped") return;
      const failedBefore = problems.get(record.target);
      if (outcome.status === "failed") {
        if (failedBefore !== outcome.reason)
          say(`${record.target} ${record.from} -> ${record.to} failed: ${outcome.reason}`, "trouble");
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
      if (record.kind === "replace-worker")
        return say(`${record.worker} is replaced: ${renderReason(record.reason)}`, "trouble");
      const verb = record.to > record.from ? "scaled out" : "scaled in";
      say(`workers ${verb} ${record.from} -> ${record.to}: ${renderReason(record.reason)}`);
    },
  };
}

function unreadableSources({ metricsReadable, group }: Observation): ReadonlyMap<string, LastingState> {
  const states = new Map<string, LastingState>();
  if (!metricsReadable)
    states.set("metrics", {
      begins: "Prometheus has not been readable for a minute: nothing scales in, and out only by alerts",
      ends: "Prometheus can be read again",
    });
  if (!group.ok)
    states.set("group", {
      begins: `${group.problem}, for a minute: no worker comes or goes by the scaler`,
      ends: "the Auto Scaling group can be read again",
    });
  return states;
}

function unreadBeside({ unread = [] }: GroupObservation): ReadonlyMap<string, LastingState> {
  return new Map(
    unread.map(({ what, problem }) => [
      what,
      {
        begins: `it cannot be read ${what}, for a minute: ${problem}. Scaling out goes on without it`,
        ends: `it can be read again ${what}`,
      },
    ]),
  );
}

function overdueStates(lasting: TickResult["lasting"], atMs: number): ReadonlyMap<string, LastingState> {
  return new Map(
    lasting.map(({ key, text, sinceMs }) => [
      key,
      { begins: `${text}, for ${Math.round((atMs - sinceMs) / 60_000)} minutes now`, ends: `over: ${text}` },
    ]),
  );
}
