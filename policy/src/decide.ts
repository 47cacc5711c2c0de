import type { Decision } from "./decision.ts";
import type { FleetConfig } from "./fleet-config/schema.ts";
import type { Memory } from "./memory.ts";
import type { Observation, Override, Signal } from "./observation.ts";

export interface DecideInput {
  readonly config: FleetConfig;
  readonly observation: Observation;
  readonly signals: readonly Signal[];
  readonly overrides: readonly Override[];
  readonly memory: Memory;
}

export interface DecideOutput {
  /** One per target: the worker group, and each service on each in-service worker. */
  readonly decisions: readonly Decision[];
  readonly memory: Memory;
}

/** One tick of the policy. Pure: same input, same output. */
export function decide(_input: DecideInput): DecideOutput {
  throw new Error("being written");
}
