/*
 * An Auto Scaling group as a value. Every function takes a group and returns a new one together with the effects that the
 * machine has to carry out; what happens there comes back as an event (`instanceRunning`, `instanceGone`, ...).
 *
 *              launch                running                terminate                gone
 *   (nothing) ───────► pending ───────────────► in-service ──────────► terminating ───────► (removed)
 *                         │                                                 ▲
 *                         ├── terminate ────────────────────────────────────┘
 *                         └── launch failed ──► (removed, activity Failed)
 */
import type { Activity } from "./activity.ts";

export type InstanceState = "pending" | "in-service" | "terminating";

/** One instance of the group. Times are epoch milliseconds. */
export interface GroupInstance {
  readonly id: string;
  readonly zone: string;
  readonly state: InstanceState;
  readonly launchedAtMs: number;
  /** The activity in progress that will end with the instance's next event. */
  readonly activityId?: string;
}

export interface Group {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** Availability zones that instances are balanced over, in order of preference. */
  readonly zones: readonly string[];
  readonly instances: readonly GroupInstance[];
  /** Newest first, as the API returns them; the last `ACTIVITY_LIMIT`. */
  readonly activities: readonly Activity[];
  readonly createdAtMs: number;
}

/** What the machine has to do. Both are to be idempotent: an instance is launched or terminated once per id. */
export type Effect =
  | { readonly kind: "launch"; readonly instanceId: string; readonly zone: string }
  | { readonly kind: "terminate"; readonly instanceId: string };

/** Time and identifiers, which the model never makes up itself. */
export interface Moment {
  readonly atMs: number;
  readonly newId: (kind: "instance" | "activity") => string;
}

export interface Outcome {
  readonly group: Group;
  readonly effects: readonly Effect[];
}

/** A refused request; `code` is the API's error code and nothing has changed. */
export interface Refusal {
  readonly refused: { readonly code: "ValidationError" | "ScalingActivityInProgress"; readonly message: string };
}

/** Instances that count towards the desired capacity: all that are not on their way out. */
export function activeInstances(group: Group): readonly GroupInstance[] {
  return group.instances.filter((instance) => instance.state !== "terminating");
}
