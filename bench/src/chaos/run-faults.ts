import type { WhClient } from "@compose-fleet/cli/wh-client";
import type { ConstantLoad, LoadFailure } from "@compose-fleet/load";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import {
  type DeliveredMessage,
  type FaultClient,
  type FaultName,
  hitsOneWorker,
} from "@compose-fleet/local-fleet/session";
import { CliError, InterruptedError, messageOf } from "@compose-fleet/process";
import type { RecordedDecision } from "@compose-fleet/wh-api";
import { notAtTarget } from "./at-target.ts";
import { failuresOn } from "./attribute-failures.ts";
import type { AwsHistory } from "./aws-history.ts";
import type { Session } from "./balancer-sessions.ts";
import { doubledActions, outsideBounds } from "./changes.ts";
import { inForceFor, losesWorker, traitsOf } from "./faults.ts";
import type { JudgedRun } from "./result.ts";
import { linesOf, toldAgain } from "./told.ts";

/** A fleet under load and what is known of it. */
export interface ChaosFleet {
  readonly status: () => Promise<Pick<LocalFleetStatus, "group" | "workers">>;
  readonly wh: Pick<WhClient, "status" | "decisions">;
  readonly faults: Pick<FaultClient, "start" | "end">;
  readonly history: Pick<AwsHistory, "changesSince">;
  readonly sessionsSince: (atMs: number) => Promise<readonly Session[]>;
  readonly load: ConstantLoad;
  /** What people heard since the fleet began, oldest first. */
  readonly messages: () => Promise<readonly DeliveredMessage[]>;
}

export interface RunDeps {
  readonly fleet: ChaosFleet;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly stop: AbortSignal;
  /** Told what is going on, in a few words. */
  readonly update: (text: string) => void;
}

export interface RunOptions {
  readonly faults: readonly FaultName[];
  /** How long they last, seconds; longer where one of them needs it. */
  readonly seconds: number;
  readonly services: number;
  readonly boundsOf: (target: string) => { readonly min: number; readonly max: number };
}

const pollMs = 500;
const settledMs = 3_000;
const settleLimitMs = 120_000;
const recoveryLimitMs = 90_000;
/** A message may wait this long: for others to go with it, for patience that Telegram asks for, for Alertmanager's group. */
const newsLimitMs = 60_000;
/** After its target is unhealthy, what was on its way may still fail for this long. */
const lateMs = 1_000;

/**
 * One run: at target → the faults → undone → back at target. The load goes on all the time, and the run's requests are those that
 * were due from the first fault until the fleet was back. Throws `CliError` when the fleet is not at target to begin with.
 */
export async function runFaults(deps: RunDeps, options: RunOptions): Promise<JudgedRun> {
  const { fleet, nowMs, sleep } = deps;
  const decisions = new Map<string, RecordedDecision>();
  const desiredSeen = new Set<number>();
  const servingSeen: number[] = [];
  const workers = options.boundsOf("workers");
  const inForce = inForceFor(options.faults);
  const seconds = Math.max(options.seconds, ...inForce.map((name) => traitsOf(name).lastsSeconds ?? 0));
  let unhealthyAtMs: number | undefined;
  let victim: { readonly id: string; readonly address: string } | undefined;

  /** Looks once; returns what is missing to the target. */
  async function look(): Promise<string | undefined> {
    if (deps.stop.aborted) throw new InterruptedError();
    const cloud = await fleet.status();
    desiredSeen.add(cloud.group.desired);
    servingSeen.push(cloud.workers.filter(({ state, target }) => state === "running" && target === "healthy").length);
    if (victim !== undefined && unhealthyAtMs === undefined) {
      const hit = cloud.workers.find(({ id }) => id === victim?.id);
      if (hit?.target !== "healthy") unhealthyAtMs = nowMs();
    }
    try {
      const [snapshot, recorded] = await Promise.all([fleet.wh.status(), fleet.wh.decisions(500)]);
      for (const decision of recorded) decisions.set(decision.id, decision);
      return notAtTarget(cloud, snapshot, options.services, nowMs());
    } catch (error) {
      return messageOf(error);
    }
  }

  /** When the fleet came to its target to stay there for a while; undefined when it did not in time. */
  async function untilAtTarget(limitMs: number, words: string): Promise<number | undefined> {
    const beganAtMs = nowMs();
    let sinceMs: number | undefined;
    for (;;) {
      const missing = await look();
      const seenAtMs = nowMs();
      sinceMs = missing === undefined ? (sinceMs ?? seenAtMs) : undefined;
      if (sinceMs !== undefined && seenAtMs - sinceMs >= settledMs) return sinceMs;
      if (seenAtMs - beganAtMs > limitMs + settledMs) {
        deps.update(`${words}: ${missing}`);
        return undefined;
      }
      deps.update(`${words}${missing === undefined ? "" : `: ${missing}`}`);
      await sleep(pollMs);
    }
  }

  /** What people heard since then, once they have heard all that they have to, or it is late. */
  async function untilTold(sinceMs: number, expected: readonly RegExp[]): Promise<readonly string[]> {
    const beganAtMs = nowMs();
    for (;;) {
      const lines = linesOf((await fleet.messages()).filter(({ atMs }) => atMs >= sinceMs));
      const isComplete = expected.every((pattern) => lines.some((line) => pattern.test(line)));
      if (isComplete || nowMs() - beganAtMs > newsLimitMs) return lines;
      deps.update("waiting for people to hear of it");
      await sleep(pollMs);
    }
  }

  if ((await untilAtTarget(settleLimitMs, "getting to the target")) === undefined)
    throw new CliError(`The fleet did not get to its target before ${options.faults.join(" + ")}: ${await look()}.`);
  desiredSeen.clear();
  servingSeen.length = 0;
  decisions.clear();
  const startedAtMs = nowMs();
  const sentBefore = fleet.load.counts().sent;
  const target = inForce.some(hitsOneWorker) ? await pickVictim(fleet) : undefined;
  const lost = inForce.some(losesWorker) ? target : undefined;
  victim = lost;

  const ids: string[] = [];
  try {
    for (const name of inForce)
      ids.push(
        await fleet.faults.start({
          name,
          // A safety net, should this process die.
          forSeconds: seconds + 60,
          ...(target !== undefined && hitsOneWorker(name) ? { worker: target.id } : {}),
        }),
      );
    const inForceAtMs = nowMs();
    while (nowMs() - inForceAtMs < seconds * 1000) {
      const missing = await look();
      deps.update(
        `in force for ${Math.round((nowMs() - inForceAtMs) / 1000)} s${missing === undefined ? "" : `: ${missing}`}`,
      );
      await sleep(pollMs);
    }
  } finally {
    for (const id of ids.reverse()) await fleet.faults.end(id);
  }
  const servingAtEnd = servingSeen.at(-1) ?? 0;
  const undoneAtMs = nowMs();
  const backAtMs = await untilAtTarget(recoveryLimitMs, "getting back to the target");
  // Requests that were under way when it was back get their answer, or their timeout, before they are counted.
  const endedAtMs = nowMs();
  const sent = fleet.load.counts().sent - sentBefore;
  deps.update("waiting for the last answers");
  await sleep(fleet.load.timeoutMs + 1_000);

  const failures = fleet.load.failures().filter(({ dueAtMs }) => dueAtMs >= startedAtMs && dueAtMs < endedAtMs);
  const onDead =
    lost === undefined
      ? []
      : failuresOn(new Set([lost.address]), failures, await fleet.sessionsSince(startedAtMs - 1_000));
  const untilMs = unhealthyAtMs === undefined ? Number.POSITIVE_INFINITY : unhealthyAtMs + lateMs;
  const expected = inForce.flatMap((name) => traitsOf(name).told ?? []);
  const lines = await untilTold(startedAtMs, expected);
  const fewestServing = Math.min(...servingSeen);
  const changes = await fleet.history.changesSince(startedAtMs);
  const outside = outsideBounds(changes, options.boundsOf);
  return {
    result: {
      faults: options.faults,
      sent,
      failed: failures.length,
      failedOnDeadWorker: onDead.length,
      recoverySeconds: backAtMs === undefined ? null : Math.max(0, Math.round((backAtMs - undoneAtMs) / 100) / 10),
      doubledActions: doubledActions(changes, [...decisions.values()]),
      belowMin: outside.belowMin + count(desiredSeen, (desired) => desired < workers.min),
      aboveMax: outside.aboveMax + count(desiredSeen, (desired) => desired > workers.max),
      fewestServing,
      told: lines.length,
      toldAgain: toldAgain(lines),
    },
    failedLate: onDead.filter(({ dueAtMs }) => dueAtMs > untilMs).length,
    failedBy: causesOf(failures),
    heard: lines,
    unmet: [
      ...(lost === undefined && fewestServing < workers.min
        ? [`only ${fewestServing} workers served at some time, although none was lost`]
        : []),
      ...(inForce.some((name) => traitsOf(name).healsInForce) && servingAtEnd < workers.min
        ? [`only ${servingAtEnd} workers served when the fault ended after ${seconds} s`]
        : []),
      ...expected.flatMap((pattern) => {
        const times = lines.filter((line) => pattern.test(line)).length;
        return times === 1 ? [] : [`people heard ${pattern.source} ${times} times instead of once`];
      }),
    ],
  };
}

async function pickVictim(fleet: ChaosFleet) {
  const worker = (await fleet.status()).workers.findLast(({ target }) => target === "healthy");
  if (worker === undefined) throw new CliError("No worker is healthy: there is none to break.");
  return { id: worker.id, address: worker.address };
}

function causesOf(failures: readonly LoadFailure[]): Readonly<Record<string, number>> {
  const causes: Record<string, number> = {};
  for (const { cause } of failures) causes[cause] = (causes[cause] ?? 0) + 1;
  return causes;
}

function count(values: ReadonlySet<number>, wrong: (value: number) => boolean): number {
  return [...values].filter(wrong).length;
}
