/*
 * An Auto Scaling group as a value. Every function takes a group and returns a new one together with the effects that the
 * machine has to carry out; what happens there comes back as an event (`instanceRunning`, `instanceGone`, ...).
 *
 *              launch             running                       terminate                 gone
 *   (nothing) ───────► pending ─────────────► in-service ──────────────► terminating ──────────► (removed)
 *                       │  │                      ▲                       │    ▲   ▲
 *                       │  │ launch hook          │ enters service        │    │   │ gone
 *                       │  └► pending-wait ─► pending-proceed             │    │   │
 *                       │          │ abandoned (activity Cancelled)       │    │  terminating-proceed
 *                       │          └──────────────────────────────────────┼────┤   ▲
 *                       ├── terminate ────────────────────────────────────┼────┘   │ completed or timed out
 *                       └── launch failed ──► (removed, activity Failed)  └─► terminating-wait
 *                                                  deregistered, and there is a terminate hook
 *
 *   in-service ── enter standby ─► entering-standby ── deregistered ─► standby ── exit standby ─► pending ── registered ─► in-service
 *                                         └────────── terminate ──────────┴─► terminating
 */
import type { Activity } from "./activity.ts";
import type { InstanceRefresh } from "./instance-refresh.ts";
import type { LifecycleHook, LifecycleWait } from "./lifecycle-hook.ts";

export type InstanceState =
  | "pending"
  | "pending-wait"
  | "pending-proceed"
  | "in-service"
  | "entering-standby"
  | "standby"
  | "terminating"
  | "terminating-wait"
  | "terminating-proceed";

/** What a group does by itself and can be told to stop doing, in AWS's words. Scheduled actions and alarms do not exist here. */
export const SCALING_PROCESSES = [
  "Launch",
  "Terminate",
  "AddToLoadBalancer",
  "AlarmNotification",
  "AZRebalance",
  "HealthCheck",
  "InstanceRefresh",
  "ReplaceUnhealthy",
  "ScheduledActions",
] as const;

export type ScalingProcess = (typeof SCALING_PROCESSES)[number];

/**
 * What becomes of a request to terminate an instance that is in service while Terminate is suspended. AWS documents neither, and
 * reports disagree.
 */
export type TerminateWhileSuspended = "refused" | "accepted";

/** One instance of the group. Times are epoch milliseconds. */
export interface GroupInstance {
  readonly id: string;
  readonly zone: string;
  readonly state: InstanceState;
  readonly launchedAtMs: number;
  /** The activity in progress that will end with the instance's next event. */
  readonly activityId?: string;
  /** Lifecycle actions that somebody still has to complete. */
  readonly waits?: readonly LifecycleWait[];
  /** What health checks say; absent = healthy. */
  readonly unhealthy?: boolean;
  /** The group does not choose it for a scale-in by itself. */
  readonly isProtected?: boolean;
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
  readonly suspended: readonly ScalingProcess[];
  readonly hooks: readonly LifecycleHook[];
  /** Newest first. */
  readonly refreshes: readonly InstanceRefresh[];
  /** Only requests that honour it are refused within it. */
  readonly cooldownSeconds: number;
  readonly terminateWhileSuspended: TerminateWhileSuspended;
}

/**
 * What the machine has to do. All are to be idempotent: an instance is launched or terminated once per id. `leave-balancer` and
 * `join-balancer` are the ways into Standby and out of it.
 */
export type Effect =
  | { readonly kind: "launch"; readonly instanceId: string; readonly zone: string }
  | { readonly kind: "terminate"; readonly instanceId: string }
  | { readonly kind: "leave-balancer"; readonly instanceId: string }
  | { readonly kind: "join-balancer"; readonly instanceId: string };

/** Time and identifiers, which the model never makes up itself. */
export interface Moment {
  readonly atMs: number;
  readonly newId: (kind: "instance" | "activity" | "token") => string;
}

export interface Outcome {
  readonly group: Group;
  readonly effects: readonly Effect[];
}

/** A refused request; `code` is the API's error code and nothing has changed. */
export interface Refusal {
  readonly refused: {
    readonly code:
      | "ValidationError"
      | "ScalingActivityInProgress"
      | "InstanceRefreshInProgress"
      | "ActiveInstanceRefreshNotFound";
    readonly message: string;
  };
}

/** A refusal with the API's error code. */
export function refuse(code: Refusal["refused"]["code"], message: string): Refusal {
  return { refused: { code, message } };
}

/** Whether an instance is on its way out. */
export function isLeaving(instance: GroupInstance): boolean {
  return instance.state.startsWith("terminating");
}

/** Whether an instance is in Standby, or on its way there: a member that counts nowhere and whose health nobody checks. */
export function isStandby(instance: GroupInstance): boolean {
  return instance.state === "standby" || instance.state === "entering-standby";
}

/** Instances that count towards the desired capacity: all that are neither on their way out nor in Standby. */
export function activeInstances(group: Group): readonly GroupInstance[] {
  return group.instances.filter((instance) => !isLeaving(instance) && !isStandby(instance));
}

/** Changes one instance; an unknown id changes nothing. */
export function withInstance(group: Group, id: string, change: (instance: GroupInstance) => GroupInstance): Group {
  return { ...group, instances: group.instances.map((each) => (each.id === id ? change(each) : each)) };
}

/** Whether the group has been told not to do this by itself. */
export function isSuspended(group: Group, process: ScalingProcess): boolean {
  return group.suspended.includes(process);
}
