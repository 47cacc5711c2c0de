import type { Notice, Trouble, Unread, WorkerState } from "./observation.ts";

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
  /** AWS has said that it takes the machine away. */
  readonly notice?: Notice;
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

/** The group as it describes itself, or why it could not be read. */
export type GroupReading =
  | { readonly ok: true; readonly value: GroupDescription }
  | { readonly ok: false; readonly problem: string };

/** What is asked of the metrics for one observation, each in one question. */
export const QUANTITIES = [
  "up",
  "requests",
  "seconds",
  "arrivals",
  "open",
  "replicas",
  "cpu",
  "leaving",
  "replicaCpu",
  "replicasTimed",
  "draining",
  "jobs",
  "demand",
] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** What was answered of one worker: numbers as they were sent, NaN and infinities included. What is missing or too old is absent. */
export interface RawWorker {
  /** 1 when its scrape target answers, 0 when it does not. */
  readonly up?: number | undefined;
  /** Requests per second that arrive at nginx. */
  readonly arrivals?: number | undefined;
  /** Requests that nginx has not answered to their end, the fewest of the last seconds, the one by which it is asked included. */
  readonly open?: number | undefined;
  /** CPU share, 0 to 1. */
  readonly cpu?: number | undefined;
  /** 1 while it says that it drains. */
  readonly draining?: number | undefined;
  /** Jobs that run there. */
  readonly jobs?: number | undefined;
  /** By service, completed requests per second: all that the log reader counts, internal ones included. */
  readonly requests?: ReadonlyMap<string, number> | undefined;
  /** By service, mean duration of a request in seconds. */
  readonly seconds?: ReadonlyMap<string, number> | undefined;
  /** By service, healthy replicas. */
  readonly replicas?: ReadonlyMap<string, number> | undefined;
  /** By service, replicas that finish their work before they end. */
  readonly leaving?: ReadonlyMap<string, number> | undefined;
  /** By service, CPU of the replicas that have run for a while: each one's as a share of its limit, added up. */
  readonly replicaCpu?: ReadonlyMap<string, number> | undefined;
  /** By service, how many replicas those are. */
  readonly replicasTimed?: ReadonlyMap<string, number> | undefined;
}

/** What a query of a service's own answered: as many values as it has. */
export type RawSignal =
  | { readonly ok: true; readonly values: readonly number[] }
  | { readonly ok: false; readonly problem: string };

/** What the metrics answered at one look. */
export interface RawMetrics {
  /** By id. */
  readonly workers: ReadonlyMap<string, RawWorker>;
  /** By service, requests per second over all workers that are up. */
  readonly demand: ReadonlyMap<string, number>;
  /** By service and name, the values that a service's own signal has, or why it could not be asked for; unset where no service has any. */
  readonly signals?: ReadonlyMap<string, ReadonlyMap<string, RawSignal>>;
  /** What workers tell of their services; unset where they tell nothing, or could not be asked. */
  readonly troubles?: readonly Trouble[];
  /** Why a quantity could not be asked for. Then all of its numbers are absent. */
  readonly problems: Readonly<Partial<Record<Quantity, string>>>;
}
