import type { Score } from "../score/score.ts";

/** What a run cost, US dollars. */
export interface Bill {
  readonly machineUsd: number;
  readonly lostRequests: number;
  /** The lost requests at their stated price. */
  readonly lossUsd: number;
  readonly usd: number;
}

/** What things cost, US dollars. */
export interface Tariff {
  readonly perInstanceHour: number;
  readonly perLostRequest: number;
}

/** The bill of several runs together. */
export function billOf(scores: readonly Score[], { perInstanceHour, perLostRequest }: Tariff): Bill {
  const sum = (of: (score: Score) => number) => scores.reduce((total, score) => total + of(score), 0);
  const machineUsd = sum(({ instanceHours }) => instanceHours) * perInstanceHour;
  const lostRequests = sum((score) => score.lostRequests);
  const lossUsd = lostRequests * perLostRequest;
  return {
    machineUsd: exact(machineUsd),
    lostRequests: exact(lostRequests),
    lossUsd: exact(lossUsd),
    usd: exact(machineUsd + lossUsd),
  };
}

/** Without the digits that are rounding errors of a sum. */
function exact(value: number): number {
  return Number(value.toPrecision(9));
}
