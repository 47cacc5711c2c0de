import type { LoadFailure } from "@compose-fleet/load";
import type { FaultName } from "@compose-fleet/local-fleet/session";
import { type Change, doubledActions, outsideBounds } from "./changes.ts";
import type { RunOptions } from "./chaos-fleet.ts";
import { traitsOf } from "./faults.ts";
import type { JudgedRun } from "./result.ts";
import { toldAgain } from "./told.ts";
import type { Seen } from "./watch-fleet.ts";

/** After its target is unhealthy, what was on its way may still fail for this long. */
const lateMs = 1_000;

/** What is known of a run once it is over. Times are epoch milliseconds. */
export interface RunFacts {
  readonly inForce: readonly FaultName[];
  /** How long the faults lasted. */
  readonly seconds: number;
  /** Whether a worker was lost on purpose. */
  readonly isWorkerLost: boolean;
  readonly seen: Seen;
  readonly servingAtEnd: number;
  readonly undoneAtMs: number;
  readonly backAtMs: number | undefined;
  readonly sent: number;
  readonly failures: readonly LoadFailure[];
  /** Those of the failures that were on the lost worker. */
  readonly onDead: readonly LoadFailure[];
  /** What people have to hear, and what they heard. */
  readonly expected: readonly RegExp[];
  readonly heard: readonly string[];
  readonly changes: readonly Change[];
}

/** Makes a run's figures, and the sentences about what it did not meet. Pure. */
export function judgeRun(facts: RunFacts, { faults, boundsOf }: Pick<RunOptions, "faults" | "boundsOf">): JudgedRun {
  const { seen, failures, onDead, heard, backAtMs, undoneAtMs } = facts;
  const workers = boundsOf("workers");
  const outside = outsideBounds(facts.changes, boundsOf);
  const untilMs = seen.unhealthyAtMs === undefined ? Number.POSITIVE_INFINITY : seen.unhealthyAtMs + lateMs;
  return {
    result: {
      faults,
      sent: facts.sent,
      failed: failures.length,
      failedOnDeadWorker: onDead.length,
      recoverySeconds: backAtMs === undefined ? null : Math.max(0, Math.round((backAtMs - undoneAtMs) / 100) / 10),
      doubledActions: doubledActions(facts.changes, seen.decisions),
      belowMin: outside.belowMin + count(seen.desired, (desired) => desired < workers.min),
      aboveMax: outside.aboveMax + count(seen.desired, (desired) => desired > workers.max),
      fewestServing: Math.min(...seen.serving),
      told: heard.length,
      toldAgain: toldAgain(heard),
    },
    failedLate: onDead.filter(({ dueAtMs }) => dueAtMs > untilMs).length,
    failedBy: causesOf(failures),
    heard,
    unmet: unmetBy(facts, workers.min),
  };
}

function unmetBy({ isWorkerLost, seen, inForce, servingAtEnd, seconds, expected, heard }: RunFacts, min: number) {
  const fewest = Math.min(...seen.serving);
  return [
    ...(!isWorkerLost && fewest < min ? [`only ${fewest} workers served at some time, although none was lost`] : []),
    ...(inForce.some((name) => traitsOf(name).healsInForce) && servingAtEnd < min
      ? [`only ${servingAtEnd} workers served when the fault ended after ${seconds} s`]
      : []),
    ...expected.flatMap((pattern) => {
      const times = heard.filter((line) => pattern.test(line)).length;
      return times === 1 ? [] : [`people heard ${pattern.source} ${times} times instead of once`];
    }),
  ];
}

function causesOf(failures: readonly LoadFailure[]): Readonly<Record<string, number>> {
  const causes: Record<string, number> = {};
  for (const { cause } of failures) causes[cause] = (causes[cause] ?? 0) + 1;
  return causes;
}

function count(values: ReadonlySet<number>, wrong: (value: number) => boolean): number {
  return [...values].filter(wrong).length;
}
