import type { Row } from "../score/row.ts";

/** The rows of one policy under one set of changes. */
export interface SweptRows {
  readonly policy: string;
  readonly pairs: readonly string[];
  readonly rows: readonly Row[];
}

/** What a set of changes does, over all traces. */
export interface SweepPoint {
  readonly policy: string;
  /** `KEY=VALUE` pairs. */
  readonly set: readonly string[];
  /** Nothing that was tried loses as little at as few hours, and less of one of the two. */
  readonly isOnFront: boolean;
  /** Means over traces. */
  readonly violationPercent: number;
  readonly instanceActionsPerDay: number;
  readonly reversals30mPerDay: number;
  /** Over all traces together. */
  readonly instanceHours: number;
  readonly usdOnDemand: number;
  readonly rows: readonly Row[];
}

/** The points of a sweep in their order, each with whether it is on the front of losses against hours. */
export function pointsOf(swept: readonly SweptRows[]): readonly SweepPoint[] {
  const points = swept.map(({ policy, pairs, rows }) => {
    const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
    const mean = (of: (row: Row) => number) => exact(sum(of) / Math.max(1, rows.length));
    return {
      policy,
      set: pairs,
      violationPercent: mean((row) => row.violationPercent),
      instanceActionsPerDay: mean((row) => row.instanceActionsPerDay),
      reversals30mPerDay: mean((row) => row.reversals30mPerDay),
      instanceHours: exact(sum((row) => row.instanceHours)),
      usdOnDemand: exact(sum((row) => row.usdOnDemand)),
      rows,
    };
  });
  return points.map((point) => ({ ...point, isOnFront: !points.some((other) => beats(other, point)) }));
}

type Measured = Pick<SweepPoint, "violationPercent" | "instanceHours">;

function beats(one: Measured, other: Measured): boolean {
  return (
    one.violationPercent <= other.violationPercent &&
    one.instanceHours <= other.instanceHours &&
    (one.violationPercent < other.violationPercent || one.instanceHours < other.instanceHours)
  );
}

/** Without the digits that are rounding errors of a sum. */
function exact(value: number): number {
  return Number(value.toPrecision(9));
}
