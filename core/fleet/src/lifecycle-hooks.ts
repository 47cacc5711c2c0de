import { fleetPrefix } from "./names.ts";
import type { FleetConfig } from "./schema.ts";

/** A pause in a worker's life in which the group waits for an answer. */
export interface FleetHook {
  readonly name: string;
  readonly transition: "launching" | "terminating";
  /** How long the group waits without a heartbeat, seconds. */
  readonly heartbeatSeconds: number;
  /** What the group does without an answer. */
  readonly defaultResult: "ABANDON" | "CONTINUE";
}

/** The hooks of a fleet's worker group. */
export function lifecycleHooks(fleet: Pick<FleetConfig, "name" | "environment">): {
  readonly launching: FleetHook;
  readonly terminating: FleetHook;
} {
  const prefix = fleetPrefix(fleet);
  return {
    // Holds a new worker until its user data has ended. One whose user data did not come to its end is taken back.
    launching: {
      name: `${prefix}-launching`,
      transition: "launching",
      heartbeatSeconds: 900,
      defaultResult: "ABANDON",
    },
    // Holds a worker's end until it has drained.
    terminating: {
      name: `${prefix}-terminating`,
      transition: "terminating",
      heartbeatSeconds: 600,
      defaultResult: "CONTINUE",
    },
  };
}
