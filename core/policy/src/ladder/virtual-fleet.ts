/** Workers that nobody launches: what a fleet would have had, had it been sized otherwise. A plain value of bounded size; times are epoch ms. */
export interface VirtualFleet {
  /** Asked for. */
  readonly workers: number;
  /** Those that boot, oldest first. */
  readonly booting: readonly Since[];
  /** How many have served, and since when: the last is now. */
  readonly serving: readonly Since[];
  readonly lastAction: { readonly atMs: number; readonly direction: number } | undefined;
}

interface Since {
  readonly fromMs: number;
  readonly workers: number;
}

/** What a change was. */
export interface Act {
  readonly isAction: boolean;
  /** It took back the one before, within half an hour. */
  readonly isReversal: boolean;
}

const REVERSAL_MS = 1_800_000;
/** However fast somebody ticks, no more is remembered of either. */
const MOST_KEPT = 16;

/** A fleet of so many workers that serve. */
export function virtualFleet(workers: number, atMs: number): VirtualFleet {
  return { workers, booting: [], serving: [{ fromMs: atMs, workers }], lastAction: undefined };
}

/** One look on: who has booted serves, and `workers` are asked for. Those that boot are given up first; the others leave at once. */
export function fleetAfter(
  before: VirtualFleet,
  { atMs, workers, bootSeconds }: { readonly atMs: number; readonly workers: number; readonly bootSeconds: number },
): VirtualFleet & { readonly act: Act } {
  let serving = servingAt(before, Number.POSITIVE_INFINITY);
  let { booting } = before;
  if (booting.some(({ fromMs }) => fromMs <= atMs)) {
    for (const each of booting) if (each.fromMs <= atMs) serving += each.workers;
    booting = booting.filter(({ fromMs }) => fromMs > atMs);
  }
  const change = workers - before.workers;
  if (change > 0) booting = merged(booting, { fromMs: atMs + bootSeconds * 1000, workers: change });
  if (change < 0) {
    const boots = booting.reduce((sum, each) => sum + each.workers, 0);
    booting = newestGivenUp(booting, -change);
    serving -= Math.max(0, -change - boots);
  }
  const { lastAction } = before;
  const direction = Math.sign(change);
  return {
    workers,
    booting,
    serving: withServing(before.serving, { fromMs: atMs, workers: serving }),
    lastAction: change === 0 ? lastAction : { atMs, direction },
    act: {
      isAction: change !== 0,
      isReversal:
        lastAction !== undefined && direction * lastAction.direction < 0 && atMs - lastAction.atMs <= REVERSAL_MS,
    },
  };
}

/** How many served at a time. */
export function servingAt({ serving }: VirtualFleet, atMs: number): number {
  for (let index = serving.length - 1; index > 0; index--) {
    const each = serving[index] as Since;
    if (each.fromMs <= atMs) return each.workers;
  }
  return serving[0]?.workers ?? 0;
}

function withServing(serving: readonly Since[], now: Since): readonly Since[] {
  return serving.at(-1)?.workers === now.workers ? serving : [...serving.slice(1 - MOST_KEPT), now];
}

function merged(booting: readonly Since[], more: Since): readonly Since[] {
  if (booting.length < MOST_KEPT) return [...booting, more];
  const last = booting.at(-1) as Since;
  return [...booting.slice(0, -1), { fromMs: more.fromMs, workers: last.workers + more.workers }];
}

function newestGivenUp(booting: readonly Since[], count: number): readonly Since[] {
  let left = count;
  const kept: Since[] = [];
  for (const each of booting.toReversed()) {
    const gone = Math.min(left, each.workers);
    left -= gone;
    if (each.workers > gone) kept.unshift({ ...each, workers: each.workers - gone });
  }
  return kept;
}
