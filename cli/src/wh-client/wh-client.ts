import type { Explanation, FleetSnapshot, RecordedDecision } from "@compose-fleet/wh-api";
import { createScaler } from "../target/scaler.ts";

/** What the demo and the benchmarks ask the scaler. Every method throws a `CliError` with a sentence when it does not answer as expected. */
export interface WhClient {
  status(): Promise<FleetSnapshot>;
  /** Newest first. */
  decisions(limit: number): Promise<readonly RecordedDecision[]>;
  /** Why each target, or the one given, is what it is. */
  explain(target?: string): Promise<Explanation>;
  /** Pins the number of workers, within bounds, for that long; returns the override's id. */
  pinWorkers(workers: number, forSeconds: number): Promise<string>;
  /** Ends an override; one that has ended already is no error. */
  removeOverride(id: string): Promise<void>;
}

/** Addresses of the scalers of a fleet, without a slash at the end. */
export interface WhEndpoints {
  readonly wh: string;
  readonly whStandby?: string;
}

/** A client of a fleet's scalers, which asks the one that leads. The token is read from a file by the caller and never shown. */
export function createWhClient({ wh, whStandby }: WhEndpoints, token: string): WhClient {
  const { snapshot, decisions, explain, addOverride, removeOverride } = createScaler(async () => ({
    baseUrls: [wh, ...(whStandby === undefined ? [] : [whStandby])],
    token,
  }));
  return {
    status: snapshot,
    decisions: (limit) => decisions(limit),
    explain,
    pinWorkers: async (workers, forSeconds) =>
      (await addOverride({ kind: "pin-workers", workers, forSeconds, by: "fleet", reason: "a measurement" })).id,
    removeOverride,
  };
}
