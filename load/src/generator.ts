import { arrivals } from "./arrivals.ts";
import type { Connections } from "./connections.ts";
import type { LoadFailure, LoadSecond, LoadSummary } from "./messages.ts";
import { type Profile, rateAt } from "./profile.ts";
import type { LoadStats, Outcome } from "./stats.ts";

export interface GeneratorDeps {
  readonly connections: Connections;
  readonly stats: LoadStats;
  /** Milliseconds, monotonic, with fractions. */
  readonly nowMs: () => number;
  readonly epochMs: () => number;
  /** CPU time of this process so far, microseconds. */
  readonly cpuMicros: () => number;
}

export interface GeneratorOptions {
  readonly profile: Profile;
  /** Requests under way at most; those above count as failed, cause "client-overload", so that nothing is silently left out. */
  readonly maxInFlight: number;
  readonly onSecond: (second: LoadSecond) => void;
  readonly onFailure?: (failure: LoadFailure) => void;
  /** Ends the schedule early; what is under way still gets its answer. */
  readonly stop: AbortSignal;
}

// Adds half of itself to the latencies; at 2 ms the timers cost half as much CPU again as the requests.
const tickMs = 5;
const sweepMs = 100;

/**
 * Offers a profile, whatever the answers (an open loop): a late or slow answer delays no later request, and latency counts from when
 * a request was due. Returns when every request has its outcome.
 */
export async function generateLoad(deps: GeneratorDeps, options: GeneratorOptions): Promise<LoadSummary> {
  const { connections, stats, nowMs } = deps;
  const cpuAtStart = deps.cpuMicros();
  const schedule = arrivals(options.profile);
  const startMs = nowMs();
  let due = schedule.next();
  let nextSweepMs = sweepMs;
  let nextSecondMs = 1000;

  const failed = (dueMs: number, outcome: Outcome) => {
    if (outcome.ok) return;
    const failedAtMs = deps.epochMs();
    const { cause, connection } = outcome;
    options.onFailure?.({
      type: "failure",
      dueAtMs: failedAtMs - (nowMs() - dueMs),
      failedAtMs,
      cause,
      ...(connection === undefined ? {} : { connection }),
    });
  };
  const send = (dueMs: number) => {
    const done = (outcome: Outcome) => {
      stats.record(outcome);
      failed(dueMs, outcome);
    };
    if (connections.inFlight() < options.maxInFlight) connections.send(dueMs, done);
    else done({ ok: false, cause: "client-overload", keepAliveRace: false });
  };

  const housekeeping = (elapsedMs: number) => {
    if (elapsedMs >= nextSweepMs) {
      connections.sweep();
      nextSweepMs = elapsedMs + sweepMs;
    }
    if (elapsedMs >= nextSecondMs) {
      const targetRps = options.stop.aborted ? 0 : rateAt(options.profile, elapsedMs);
      options.onSecond(stats.second({ atMs: deps.epochMs(), elapsedMs, targetRps, inFlight: connections.inFlight() }));
      nextSecondMs += 1000;
    }
  };

  while (!due.done && !options.stop.aborted) {
    const elapsedMs = nowMs() - startMs;
    while (!due.done && due.value <= elapsedMs) {
      stats.due(elapsedMs - due.value);
      send(startMs + due.value);
      due = schedule.next();
    }
    housekeeping(elapsedMs);
    if (!due.done) await sleep(Math.min(50, Math.max(tickMs, due.value - elapsedMs)));
  }
  while (connections.inFlight() > 0) {
    await sleep(10);
    housekeeping(nowMs() - startMs);
  }
  return stats.summary({ elapsedMs: nowMs() - startMs, cpuMicros: deps.cpuMicros() - cpuAtStart });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
