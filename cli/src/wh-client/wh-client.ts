import type { RecordedDecision } from "./decision.ts";
import type { FleetSnapshot } from "./fleet-snapshot.ts";

/** Reads the scaler's API. Every method throws a `CliError` with a sentence when it does not answer as expected. */
export interface WhClient {
  status(): Promise<FleetSnapshot>;
  /** Newest first. */
  decisions(limit: number): Promise<readonly RecordedDecision[]>;
}
