/** What one run showed; the shape of an entry of `--json`. */
export interface ChaosResult {
  readonly faults: readonly string[];
  readonly sent: number;
  readonly failed: number;
  readonly failedOnDeadWorker: number;
  /** From the end of the faults until the fleet was back at its target; null when it never was. */
  readonly recoverySeconds: number | null;
  readonly doubledActions: number;
  readonly belowMin: number;
  readonly aboveMax: number;
  /** The fewest workers that served behind the load balancer. */
  readonly fewestServing: number;
  /** Lines that people heard, and those of them that they had heard before. */
  readonly told: number;
  readonly toldAgain: number;
}

/** One run with what its verdict needs beyond the figures. */
export interface JudgedRun {
  readonly result: ChaosResult;
  /** Failures on a lost worker of requests that were due later than a second after its target was unhealthy. */
  readonly failedLate: number;
  /** All failures by cause. */
  readonly failedBy: Readonly<Record<string, number>>;
  /** What people heard. */
  readonly heard: readonly string[];
  /** Expectations of this run in particular that it did not meet, as sentences. */
  readonly unmet: readonly string[];
}

/** Seconds after the end of the faults within which the fleet has to be back at its target. */
export const recoveryLimitSeconds = 60;

/** The promises that a run broke, as sentences without its name; empty when it kept them all. */
export function brokenBounds({ result, failedLate, unmet }: JudgedRun): string[] {
  const { failed, failedOnDeadWorker, recoverySeconds } = result;
  const onHealthy = failed - failedOnDeadWorker;
  return [
    ...(onHealthy > 0 ? [`${onHealthy} requests failed on healthy workers (none may)`] : []),
    ...(failedLate > 0 ? [`${failedLate} requests failed on a lost worker later than 1 s after it was unhealthy`] : []),
    ...(recoverySeconds === null || recoverySeconds > recoveryLimitSeconds
      ? [
          `not back at target within ${recoveryLimitSeconds} s${recoverySeconds === null ? "" : ` (${recoverySeconds} s)`}`,
        ]
      : []),
    ...(result.doubledActions > 0 ? [`${result.doubledActions} actions were doubled`] : []),
    ...(result.belowMin > 0 ? [`${result.belowMin} times below the minimum`] : []),
    ...(result.aboveMax > 0 ? [`${result.aboveMax} times above the maximum`] : []),
    ...(result.toldAgain > 0 ? [`people were told ${result.toldAgain} things again`] : []),
    ...unmet,
  ];
}

const columns = ["sent", "failed", "dead", "recovery", "doubled", "below", "above", "told", "again", ""] as const;

/** The results as a table. */
export function resultTable(runs: readonly JudgedRun[]): string {
  const names = runs.map(({ result }) => result.faults.join(" + "));
  const width = Math.max(6, ...names.map((name) => name.length));
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(8))].join("  ").trimEnd();
  return [
    row("faults", columns),
    ...runs.map((run, index) => {
      const { result } = run;
      return row(names[index] ?? "", [
        String(result.sent),
        String(result.failed),
        String(result.failedOnDeadWorker),
        result.recoverySeconds === null ? "never" : `${result.recoverySeconds} s`,
        String(result.doubledActions),
        String(result.belowMin),
        String(result.aboveMax),
        String(result.told),
        String(result.toldAgain),
        brokenBounds(run).length === 0 ? "ok" : "BROKEN",
      ]);
    }),
  ].join("\n");
}
