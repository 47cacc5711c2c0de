import type { OfferedOptions } from "../trace/offered.ts";
import type { Score } from "./score.ts";

/** One policy over one trace, as `--json` writes it. */
export interface Row {
  readonly trace: string;
  readonly interpolation: OfferedOptions["interpolation"];
  readonly policy: string;
  readonly violationPercent: number;
  readonly violationTimePercent: number;
  readonly longestViolationSeconds: number;
  readonly instanceHours: number;
  readonly hoursVsOracle: number;
  readonly usdOnDemand: number;
  readonly usdSpot: number;
  readonly instanceActionsPerDay: number;
  readonly containerActionsPerDay: number;
  readonly reversals30mPerDay: number;
}

/** What an instance costs, US dollars an hour. */
export interface Price {
  readonly onDemandPerHour: number;
  readonly spotPerHour: number;
}

/** A score as a row, beside the oracle's hours and the price of an hour. */
export function rowOf(
  names: Pick<Row, "trace" | "interpolation" | "policy">,
  score: Score,
  oracleHours: number,
  price: Price,
): Row {
  const perDay = (count: number) => (score.days === 0 ? 0 : count / score.days);
  return {
    trace: names.trace,
    interpolation: names.interpolation,
    policy: names.policy,
    violationPercent: exact(score.violationPercent),
    violationTimePercent: exact(score.violationTimePercent),
    longestViolationSeconds: score.longestViolationSeconds,
    instanceHours: exact(score.instanceHours),
    hoursVsOracle: exact(oracleHours === 0 ? 0 : score.instanceHours / oracleHours),
    usdOnDemand: exact(score.instanceHours * price.onDemandPerHour),
    usdSpot: exact(score.instanceHours * price.spotPerHour),
    instanceActionsPerDay: exact(perDay(score.instanceActions)),
    containerActionsPerDay: exact(perDay(score.containerActions)),
    reversals30mPerDay: exact(perDay(score.reversals)),
  };
}

/** Without the digits that are rounding errors of a sum. */
function exact(value: number): number {
  return Number(value.toPrecision(9));
}
