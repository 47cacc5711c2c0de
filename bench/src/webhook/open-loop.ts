/** What an open loop measured. A latency counts from when its request was due, so a slow answer delays no other measurement. */
export interface OpenLoopResult {
  readonly latenciesMs: readonly number[];
  readonly failed: number;
  readonly elapsedMs: number;
  /** How late the sender itself was at worst. */
  readonly maxLagMs: number;
}

export interface OpenLoopDeps {
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Sends request number `index`; resolves with whether it was answered as it should be. */
  readonly send: (index: number) => Promise<boolean>;
}

/** Sends `count` requests at a constant rate, whatever becomes of earlier ones, and waits for all of them. */
export async function openLoop(deps: OpenLoopDeps, count: number, ratePerSecond: number): Promise<OpenLoopResult> {
  const startMs = deps.nowMs();
  const latenciesMs: number[] = [];
  let failed = 0;
  let maxLagMs = 0;
  const pending: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const dueMs = startMs + (index * 1000) / ratePerSecond;
    const earlyMs = dueMs - deps.nowMs();
    if (earlyMs > 0) await deps.sleep(earlyMs);
    maxLagMs = Math.max(maxLagMs, deps.nowMs() - dueMs);
    pending.push(
      deps.send(index).then((isGood) => {
        if (isGood) latenciesMs.push(deps.nowMs() - dueMs);
        else failed++;
      }),
    );
  }
  await Promise.all(pending);
  return { latenciesMs, failed, elapsedMs: deps.nowMs() - startMs, maxLagMs };
}

/** The smallest value that `share` (0 to 1) of the values do not exceed; NaN when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
