import type { LoadSecond, LoadSummary } from "@compose-fleet/load";
import { CliError, InterruptedError, messageOf } from "@compose-fleet/process";
import { decisionText, type FleetSnapshot, type RecordedDecision } from "@compose-fleet/wh-api";
import type { WhClient } from "../wh-client/wh-client.ts";
import { actionOf } from "./action-of.ts";
import type { LiveScreen } from "./live-screen.ts";
import { busiest, type CpuTimes } from "./machine-cpu.ts";
import { busySeconds, type DemoLoad, demoSeconds, phaseAt } from "./phases.ts";
import type { Recording } from "./report.ts";
import type { Action, Sample } from "./timeline.ts";

/** The load generator as the run needs it. */
interface RunningLoad {
  readonly finished: Promise<LoadSummary>;
  stop(): void;
}

export interface WatchDeps {
  readonly wh: Pick<WhClient, "status" | "decisions">;
  /** Starts the load; `onSecond` is called about once a second. */
  readonly startLoad: (onSecond: (second: LoadSecond) => void) => RunningLoad;
  readonly screen: LiveScreen;
  /** This machine's CPU times; undefined where they cannot be read. */
  readonly cpuTimes: () => Promise<CpuTimes | undefined>;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly stop: AbortSignal;
}

export interface WatchOptions {
  readonly load: DemoLoad;
  readonly scaling: boolean;
  /** Replicas of each service on one worker when the fleet is at its minimum. */
  readonly minReplicas: Readonly<Record<string, number>>;
}

const pollMs = 500;
/** The fleet counts as back at its minimum when it has been there this long. */
const settledMs = 3_000;
/** The scaler may be restarted under our eyes; silence for longer than this ends the run. */
const silenceLimitMs = 60_000;

/**
 * Runs the load and watches the fleet until it is back at its minimum, or the time is up; with `scaling` off, until the load is over.
 * Throws `InterruptedError` when stopped, and `CliError` when the scaler or the generator fails.
 */
export async function watchRun(deps: WatchDeps, options: WatchOptions): Promise<Recording> {
  const samples: Sample[] = [];
  const decisions = new Map<string, RecordedDecision>();
  const cpuReadings: CpuTimes[] = [];
  let previous: LoadSecond | undefined;
  let latest: LoadSecond | undefined;
  let fleet = await deps.wh.status();
  const blindAtStart = fleet.blindSeconds;
  const startedAtMs = deps.nowMs();
  const load = deps.startLoad((second) => {
    previous = latest;
    latest = second;
  });
  let failure: unknown;
  load.finished.catch((error: unknown) => {
    failure = error;
  });

  let answeredAtMs = startedAtMs;
  let minimumSinceMs: number | undefined;
  let scaleInDoneSeconds: number | null = null;
  const limitSeconds = demoSeconds(options.load, options.scaling);
  for (;;) {
    if (deps.stop.aborted) throw new InterruptedError();
    if (failure !== undefined) throw failure;
    const nowMs = deps.nowMs();
    const elapsedSeconds = (nowMs - startedAtMs) / 1000;
    const cpu = await deps.cpuTimes();
    if (cpu !== undefined) cpuReadings.push(cpu);
    try {
      const [status, recorded] = await Promise.all([deps.wh.status(), deps.wh.decisions(200)]);
      fleet = status;
      answeredAtMs = nowMs;
      remember(deps.screen, decisions, recorded, startedAtMs);
      samples.push(sampleOf(fleet, nowMs, latest?.targetRps ?? 0));
    } catch (error) {
      if (nowMs - answeredAtMs > silenceLimitMs)
        throw new CliError(`The scaler has not answered for ${silenceLimitMs / 1000} s: ${messageOf(error)}`);
    }
    deps.screen.show({
      elapsedSeconds,
      phase: phaseAt(options.load, elapsedSeconds),
      answeredRps: (latest?.total.ok ?? 0) - (previous?.total.ok ?? 0),
      fleet,
      ...(latest === undefined ? {} : { load: latest }),
      ...lastDecision(decisions),
    });
    const isFresh = answeredAtMs === nowMs;
    const isBack = isFresh && elapsedSeconds >= busySeconds(options.load) && isAtMinimum(fleet, options.minReplicas);
    minimumSinceMs = isBack ? (minimumSinceMs ?? nowMs) : undefined;
    if (options.scaling && minimumSinceMs !== undefined && nowMs - minimumSinceMs >= settledMs) {
      scaleInDoneSeconds = (minimumSinceMs - startedAtMs) / 1000;
      break;
    }
    if (elapsedSeconds >= limitSeconds) break;
    await deps.sleep(pollMs);
  }
  load.stop();
  const summary = await load.finished;
  deps.screen.end();
  const cpu = busiest(cpuReadings);
  return {
    samples,
    actions: actionsOf(decisions),
    load: summary,
    decisions: decisions.size,
    blindSeconds: fleet.blindSeconds - blindAtStart,
    scaleInDoneSeconds,
    ...(cpu === undefined ? {} : { cpu }),
  };
}

/** Whether nothing more can be scaled in: the fleet's resting state. */
export function isAtMinimum(
  { workers, replicas }: FleetSnapshot,
  minReplicas: Readonly<Record<string, number>>,
): boolean {
  const expected = workers.min * Object.keys(minReplicas).length;
  return (
    workers.ready === workers.min &&
    workers.desired === workers.min &&
    replicas.length === expected &&
    replicas.every(({ service, ready, desired }) => ready === minReplicas[service] && desired === ready)
  );
}

function remember(
  screen: LiveScreen,
  known: Map<string, RecordedDecision>,
  recorded: readonly RecordedDecision[],
  startedAtMs: number,
): void {
  for (const decision of [...recorded].reverse()) {
    // What was decided before the run is not part of it.
    if (decision.atMs < startedAtMs) continue;
    const before = known.get(decision.id);
    known.set(decision.id, decision);
    const isNews = decision.outcome !== undefined && before?.outcome === undefined;
    if (decision.kind !== "hold" && isNews)
      screen.say(`${((decision.atMs - startedAtMs) / 1000).toFixed(1).padStart(6)} s  ${decisionText(decision)}`);
  }
}

function lastDecision(decisions: ReadonlyMap<string, RecordedDecision>): { decision?: string } {
  const newest = [...decisions.values()].sort((a, b) => a.atMs - b.atMs);
  const shown = newest.findLast((decision) => decision.kind !== "hold") ?? newest.at(-1);
  return shown === undefined ? {} : { decision: decisionText(shown) };
}

function actionsOf(decisions: ReadonlyMap<string, RecordedDecision>): Action[] {
  return [...decisions.values()].flatMap((decision) => actionOf(decision) ?? []).sort((a, b) => a.atMs - b.atMs);
}

function sampleOf({ workers, replicas }: FleetSnapshot, atMs: number, offeredRps: number): Sample {
  return {
    atMs,
    offeredRps,
    workers: workers.ready,
    desiredWorkers: workers.desired,
    replicas: Object.fromEntries(replicas.map(({ worker, service, ready }) => [`${worker}/${service}`, ready])),
  };
}
