import type { Unread, WorkerState } from "@compose-fleet/policy";

/** One instance as the group describes it. `in-service` here says nothing about whether it serves. */
export interface MemberDescription {
  readonly id: string;
  readonly zone: string;
  readonly state: WorkerState;
  /** The group's own name of the state. */
  readonly lifecycle?: string;
  /** Only with `aside`: the group may count it towards the desired capacity. */
  readonly mayCount?: boolean;
  /** The group has not called it in service yet. */
  readonly isLaunching?: boolean;
  readonly launchedAtMs: number;
  /** The group waits for its terminating hook to be completed. */
  readonly awaitsHook?: boolean;
  /** The group's own health check says that it is dead. */
  readonly isUnhealthy?: boolean;
  /** Whether the load balancer sends it traffic; unset where there is none to ask. */
  readonly reached?: boolean | "unknown";
}

interface GroupDescription {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly members: readonly MemberDescription[];
  readonly failedLaunches: number;
  readonly lastFailedLaunchAtMs?: number;
  readonly failedLaunchIds?: readonly string[];
  /** AWS's own words about the last failed launch. */
  readonly launchProblem?: string;
  /** Processes that the group has been told not to carry out. */
  readonly suspended?: readonly string[];
  /** Set while something else changes the group, such as an instance refresh. */
  readonly busyWith?: string;
  /** What could not be read beside the group itself. */
  readonly unread?: readonly Unread[];
}

export type GroupReading =
  | { readonly ok: true; readonly value: GroupDescription }
  | { readonly ok: false; readonly problem: string };

/** Describes the one group of this fleet. Changes nothing and never throws. */
export interface WorkerGroupReader {
  describe(): Promise<GroupReading>;
}
