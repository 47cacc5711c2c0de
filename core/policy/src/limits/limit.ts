import type { Reason } from "../decision/decision.ts";
import { clamp } from "../numbers/bounds.ts";

/** Who may limit a number. Of two that contradict each other the later in this list is heard. */
export const LIMIT_SOURCES = ["schedule", "override", "budget"] as const;
export type LimitSource = (typeof LIMIT_SOURCES)[number];

/** What is limited: the worker group, a service's replicas on each worker, or, for a pause, everything. */
export type LimitTarget =
  | { readonly kind: "fleet" }
  | { readonly kind: "workers" }
  | { readonly kind: "replicas"; readonly service: string };

/** A word from outside the policy about a number. Operators, schedules and the budget all speak in this one form. */
export interface Limit {
  readonly id: string;
  readonly source: LimitSource;
  readonly target: LimitTarget;
  readonly min?: number;
  readonly max?: number;
  /** `in`: nothing scales in. `out`: nothing scales out. `all`: nothing changes. */
  readonly pause?: "in" | "out" | "all";
  readonly by: string;
  readonly reason?: string;
  /** When it ends, by the clock of the observation; unset: with the fleet file that says so. */
  readonly untilMs?: number;
}

/** The bounds of one target, and who has narrowed them. Always within those of the fleet file and of AWS. */
export interface AskedBounds {
  readonly least: number;
  readonly most: number;
  readonly leastBy: Limit | undefined;
  readonly mostBy: Limit | undefined;
}

/** Limits that hold at `atMs`, in the order in which they are heard: by source, and of one source in the order given. */
export function limitsInForce(limits: readonly Limit[], atMs: number): readonly Limit[] {
  if (limits.length === 0) return limits;
  return limits
    .filter(({ untilMs }) => untilMs === undefined || untilMs > atMs)
    .sort((a, b) => LIMIT_SOURCES.indexOf(a.source) - LIMIT_SOURCES.indexOf(b.source));
}

/** `min`..`max` as narrowed by the limits of the worker group, or of a service. Where two contradict each other the later one is heard. */
export function askedBounds(
  limits: readonly Limit[],
  service: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): AskedBounds {
  let asked: AskedBounds = { least: min, most: max, leastBy: undefined, mostBy: undefined };
  if (limits.length === 0) return asked;
  for (const limit of limits) {
    const { target } = limit;
    if (service === undefined ? target.kind !== "workers" : target.kind !== "replicas" || target.service !== service)
      continue;
    asked = narrowed(asked, limit, min, max);
  }
  return asked;
}

function narrowed(asked: AskedBounds, limit: Limit, min: number, max: number): AskedBounds {
  const least = limit.min === undefined ? asked.least : clamp(limit.min, min, max);
  const most = limit.max === undefined ? asked.most : clamp(limit.max, min, max);
  return {
    // What was said before gives way to what is said now.
    least: limit.min === undefined ? Math.min(least, most) : least,
    most: limit.max === undefined ? Math.max(least, most) : Math.max(most, limit.min === undefined ? most : least),
    leastBy: limit.min === undefined ? asked.leastBy : limit,
    mostBy: limit.max === undefined ? asked.mostBy : limit,
  };
}

/** The pin that rules: one limit that leaves a single number; undefined when there is none. */
export function pinOf({ leastBy, mostBy }: AskedBounds): Reason | undefined {
  const { min, max } = leastBy ?? {};
  if (leastBy === undefined || leastBy !== mostBy || min === undefined || min !== max) return undefined;
  return { code: "pinned", numbers: { pinned: min, ...saidBy(leastBy) } };
}

/** Why `needed` is not had, where a limit keeps the number above it. */
export function leastReason({ least, leastBy }: AskedBounds, needed: number): Reason | undefined {
  return leastBy && { code: "limit-min", numbers: { min: least, needed, ...saidBy(leastBy) } };
}

/** Why `needed` is not had, where a limit keeps the number below it. */
export function mostReason({ most, mostBy }: AskedBounds, needed: number): Reason | undefined {
  return mostBy && { code: "limit-max", numbers: { max: most, needed, ...saidBy(mostBy) } };
}

/** The newest pause of a direction, as a reason. */
export function pauseReason(limits: readonly Limit[], direction: NonNullable<Limit["pause"]>): Reason | undefined {
  if (limits.length === 0) return undefined;
  const pause = limits.findLast((limit) => limit.pause === direction);
  return pause && { code: "paused", numbers: { ...saidBy(pause), ...(direction === "all" ? {} : { direction }) } };
}

function saidBy({ by, reason, untilMs }: Limit): Reason["numbers"] {
  return {
    ...(untilMs === undefined ? {} : { untilMs }),
    by,
    ...(reason === undefined ? {} : { why: reason }),
  };
}
