import { cheapestWait, costsAfter, noCosts, type Prices, type WaitCosts } from "./wait-costs.ts";

/** How long the level was needed before the load fell: after a short need the load returns otherwise than after a long one. */
type Excursion = "short" | "medium" | "long";

/** One level of the group: "more than j workers", and what is known of when it is needed again. Times are epoch ms. */
export interface Level {
  /** Since when it has been needed; undefined while it is not. */
  readonly neededSinceMs: number | undefined;
  /** When it was last needed. */
  readonly neededUntilMs: number;
  readonly kind: Excursion;
  /** Whether the present gap teaches anything: its beginning was seen, and it has not been booked. */
  readonly isOpen: boolean;
  /** A return whose overload is still being watched. */
  readonly returned:
    | {
        readonly gapSeconds: number;
        readonly kind: Excursion;
        readonly untilMs: number;
        readonly overloadSeconds: number;
      }
    | undefined;
  readonly all: WaitCosts;
  readonly byKind: Readonly<Record<Excursion, WaitCosts>>;
  /** The last gaps in seconds, newest last; null where the load did not return. */
  readonly gaps: readonly (number | null)[];
}

interface LevelSample {
  readonly atMs: number;
  readonly isNeeded: boolean;
  /** Workers beyond this level that the demand fills: what is overloaded had it been given up. */
  readonly beyond: number;
  readonly sinceLastSeconds: number;
}

const SHORT_MS = 5 * 60_000;
const MEDIUM_MS = 30 * 60_000;
/** A shorter gap is none. */
const LEAST_GAP_MS = 60_000;
/** A load that has not returned for this long has not returned. */
const GONE_MS = 5_400_000;
/** How long the overload after a return is watched: until a new worker would have served. */
const OVERLOAD_MS = 105_000;
const LEAST_OF_KIND = 10;
const KEPT_GAPS = 10;
/** Seconds to wait while nothing is known. */
const UNKNOWN_WAIT = 300;

/** A level of which nothing is known: it counts as needed until now, so that nothing is given up before it was watched. */
export function unknownLevel(atMs: number): Level {
  return {
    neededSinceMs: undefined,
    neededUntilMs: atMs,
    kind: "long",
    isOpen: false,
    returned: undefined,
    all: noCosts,
    byKind: { short: noCosts, medium: noCosts, long: noCosts },
    gaps: [],
  };
}

/** One look on. The same object where nothing changes. */
export function levelAfter(level: Level, sample: LevelSample, prices: Prices): Level {
  const watched = level.returned === undefined ? level : overloadWatched(level, level.returned, sample, prices);
  if (sample.isNeeded) return watched.neededSinceMs === undefined ? neededAgain(watched, sample.atMs) : watched;
  if (watched.neededSinceMs !== undefined)
    return {
      ...watched,
      neededUntilMs: sample.atMs,
      neededSinceMs: undefined,
      kind: kindOf(sample.atMs - watched.neededSinceMs),
      isOpen: true,
    };
  return watched.isOpen && sample.atMs - watched.neededUntilMs >= GONE_MS
    ? booked({ ...watched, isOpen: false }, watched.kind, Number.POSITIVE_INFINITY, 0, prices)
    : watched;
}

/** Nobody could look: what was learned stays, and it is waited anew. */
export function levelUnwatched(level: Level, atMs: number): Level {
  return { ...level, neededSinceMs: undefined, neededUntilMs: atMs, isOpen: false, returned: undefined };
}

/** Seconds to wait before the level is given up. */
export function waitOf({ all, byKind, kind }: Level): number {
  const own = byKind[kind];
  return cheapestWait(own.count >= LEAST_OF_KIND ? own : all) ?? UNKNOWN_WAIT;
}

function neededAgain(level: Level, atMs: number): Level {
  const gapMs = atMs - level.neededUntilMs;
  // A short gap is none: the need goes on from where it began.
  if (gapMs < LEAST_GAP_MS) return { ...level, neededSinceMs: level.neededUntilMs, isOpen: false };
  const returned = { gapSeconds: gapMs / 1000, kind: level.kind, untilMs: atMs + OVERLOAD_MS, overloadSeconds: 0 };
  return { ...level, neededSinceMs: atMs, isOpen: false, returned: level.isOpen ? returned : level.returned };
}

function overloadWatched(
  level: Level,
  returned: NonNullable<Level["returned"]>,
  { atMs, beyond, sinceLastSeconds }: LevelSample,
  prices: Prices,
): Level {
  const overloadSeconds = returned.overloadSeconds + Math.max(0, beyond) * sinceLastSeconds;
  return atMs >= returned.untilMs
    ? booked({ ...level, returned: undefined }, returned.kind, returned.gapSeconds, overloadSeconds, prices)
    : { ...level, returned: { ...returned, overloadSeconds } };
}

function booked(level: Level, kind: Excursion, gapSeconds: number, overloadSeconds: number, prices: Prices): Level {
  const back = { gapSeconds, overloadSeconds };
  const gap = Number.isFinite(gapSeconds) ? Math.round(gapSeconds) : null;
  return {
    ...level,
    all: costsAfter(level.all, back, prices),
    byKind: { ...level.byKind, [kind]: costsAfter(level.byKind[kind], back, prices) },
    gaps: [...level.gaps, gap].slice(-KEPT_GAPS),
  };
}

function kindOf(neededMs: number): Excursion {
  if (neededMs < SHORT_MS) return "short";
  return neededMs < MEDIUM_MS ? "medium" : "long";
}
