import type { FleetConfig } from "@compose-fleet/fleet";
import {
  type Decision,
  type GroupObservation,
  limitOf,
  type Observation,
  type Override,
  renderReason,
} from "@compose-fleet/policy";
import { DRY_RUN } from "../act/dry-run.ts";
import type { Outcome } from "../act/outcome.ts";
import type { DecisionRecord } from "../loop/decision-record.ts";
import type { TickResult } from "../loop/tick-result.ts";
import type { Weight } from "./announcer.ts";
import { dailyCostChange } from "./daily-cost.ts";
import { createLastingNews, type LastingState } from "./lasting-news.ts";

/** What is over sooner is no news. */
const LASTING_MS = 60_000;

/** Decides what is worth telling people: workers coming and going, failed launches, what cannot be read. */
export interface FleetNews {
  onTick(
    result: Pick<TickResult, "observation"> & Partial<Pick<TickResult, "lasting" | "overrides" | "decisions">>,
  ): void;
  onOutcome(record: DecisionRecord, outcome: Outcome): void;
}

/** Each thing is said once, when it begins or ends, not at each tick. */
export function createFleetNews(config: FleetConfig, say: (line: string, weight?: Weight) => void): FleetNews {
  let failedLaunches = 0;
  const states = createLastingNews(say, LASTING_MS);
  // The policy has waited for as long as a boot takes.
  const overdue = createLastingNews(say, Number.NEGATIVE_INFINITY);
  const told = createLastingNews((line) => say(line), Number.NEGATIVE_INFINITY);
  const dryRuns = new Map<string, string>();
  const problems = new Map<string, string>();

  return {
    onTick: ({ observation, lasting = [], overrides = [], decisions = [] }) => {
      told.see("overrides", overrideStates(overrides), observation.atMs);
      states.see("limits", limitStates(decisions), observation.atMs);
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
      if (outcome.status === "skipped") {
        const would = `${record.target} ${record.from} -> ${record.to}`;
        if (outcome.reason === DRY_RUN && dryRuns.get(record.target) !== would)
          say(`dry run: ${would} would be done: ${renderReason(record.reason)}`);
        if (dryRuns.size > 200) dryRuns.clear();
        if (outcome.reason === DRY_RUN) dryRuns.set(record.target, would);
        return;
      }
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
      const cost = dailyCostChange(config, record.from, record.to);
      say(`workers ${verb} ${record.from} -> ${record.to}${cost}: ${renderReason(record.reason)}`);
    },
  };
}

/** Each is told when it begins and when it is over, by its end or by hand. */
function overrideStates(overrides: readonly Override[]): ReadonlyMap<string, LastingState> {
  return new Map(
    overrides.map((override) => {
      const what = `the override of ${override.by}${override.reason === undefined ? "" : ` (${override.reason})`}`;
      return [override.id, { begins: `${what} begins: ${overrideText(override)}`, ends: `${what} is over` }];
    }),
  );
}

function overrideText(override: Override): string {
  const { target, min, max, pause } = limitOf(override);
  if (pause !== undefined) return pause === "all" ? "everything is paused" : `scale-${pause} is paused`;
  const what = target.kind === "replicas" ? `replicas of ${target.service}` : "workers";
  if (min !== undefined && min === max) return `exactly ${min} ${what}`;
  const bounds = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])];
  return `${bounds.join(", ")} ${what}`;
}

/** More is needed than an operator, a schedule or the budget allows. Of workers.max itself Alertmanager tells (FleetAtMax). */
function limitStates(decisions: readonly Decision[]): ReadonlyMap<string, LastingState> {
  const held = decisions.find((decision) => decision.kind === "hold" && decision.target.kind === "workers");
  if (held?.reason.code !== "limit-max") return new Map();
  return new Map([
    [
      held.reason.code,
      {
        begins: `workers are limited, for a minute: ${renderReason(held.reason)}`,
        ends: "no limit keeps workers below the need any more",
      },
    ],
  ]);
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
    lasting.map(({ key, text, sinceMs }) => {
      const minutes = Math.round((atMs - sinceMs) / 60_000);
      const begins = minutes === 0 ? text : `${text}, for ${minutes} minutes now`;
      // A replica that was replaced stays so.
      return [key, { begins, ends: key.startsWith("healed/") ? undefined : `over: ${text}` }];
    }),
  );
}
