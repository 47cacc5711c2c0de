import type { Row } from "./row.ts";

/** A policy against another one over several traces. */
export interface Ratios {
  readonly policy: string;
  readonly traces: number;
  /** Mean over traces of the ratio of requests lost, and its geometric mean; undefined where the other one never lost any. */
  readonly violations: number | undefined;
  readonly violationsGeometric: number | undefined;
  /** Traces left out of these two, since the other one lost nothing there. */
  readonly withoutLoss: number;
  /** Mean over traces. */
  readonly hours: number;
  /** Over all traces together; undefined where the other one has none. */
  readonly actions: number | undefined;
  readonly reversals: number | undefined;
}

/** A share this small of the other one's losses counts as this much in the geometric mean, which knows no 0. */
const SMALLEST = 1e-3;

/** Every policy of the rows against `base`, over traces that both have. `daysOf` weighs the actions a day of a trace. */
export function ratiosTo(base: string, rows: readonly Row[], daysOf: (trace: string) => number): readonly Ratios[] {
  const bases = new Map(rows.filter(({ policy }) => policy === base).map((row) => [row.trace, row]));
  return [...new Set(rows.map(({ policy }) => policy))].map((policy) => {
    const pairs = rows.flatMap((row) => {
      const other = bases.get(row.trace);
      return row.policy === policy && other !== undefined ? [[row, other] as const] : [];
    });
    const losses = pairs.flatMap(([row, other]) =>
      other.violationPercent > 0 ? [row.violationPercent / other.violationPercent] : [],
    );
    const pooled = (of: (row: Row) => number): number | undefined => {
      const sum = (side: 0 | 1) => pairs.reduce((total, pair) => total + of(pair[side]) * daysOf(pair[0].trace), 0);
      return sum(1) > 0 ? sum(0) / sum(1) : undefined;
    };
    const logs = losses.map((ratio) => Math.log(Math.max(SMALLEST, ratio)));
    return {
      policy,
      traces: pairs.length,
      violations: mean(losses),
      violationsGeometric: losses.length === 0 ? undefined : Math.exp(mean(logs) ?? 0),
      withoutLoss: pairs.length - losses.length,
      hours: mean(pairs.map(([row, other]) => row.instanceHours / other.instanceHours)) ?? 1,
      actions: pooled((row) => row.instanceActionsPerDay),
      reversals: pooled((row) => row.reversals30mPerDay),
    };
  });
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
