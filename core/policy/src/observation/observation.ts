/** A number read from the world, or why it could not be read. Stale, NaN and infinite values are never `ok`. */
export type Reading = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly problem: string };

/** What one service does on one worker. */
export interface ServiceObservation {
  /** Completed requests per second, mean over `scaling.metrics.rateWindowSeconds`. */
  readonly requestsPerSecond: Reading;
  /** Mean duration of a completed request in seconds, same window; unreadable when there were none. */
  readonly meanSeconds: Reading;
  /** Running replicas that are healthy. */
  readonly replicasReady: Reading;
  /** Replicas that finish their work before they end. They count for nothing, and keep a worker from being quiet. */
  readonly replicasLeaving?: Reading;
  /** The CPU that replicas use, as so many replicas that use all they may: each one's limit, or one core. Those that have just started are left out. */
  readonly busyReplicas?: Reading;
  /** How many replicas that is of. */
  readonly timedReplicas?: Reading;
}

/**
 * pending: launched, not yet serving; in-service: serving; terminating: on its way out, counts nowhere;
 * aside: kept by the group for longer and no capacity (Standby, a warm pool, detaching, a state that nobody knows).
 */
export type WorkerState = "pending" | "in-service" | "terminating" | "aside";

export interface WorkerObservation {
  readonly id: string;
  readonly zone: string;
  readonly state: WorkerState;
  /** The group's own word for its state, where it says more than `state`: `Standby`, `Pending:Wait`. */
  readonly lifecycle?: string;
  /** Only with `aside`: the group may count it towards the desired capacity. */
  readonly mayCount?: boolean;
  /** Set while the group has not called it in service: its launching hook limits that time, not ours. */
  readonly isLaunching?: boolean;
  readonly launchedAtMs: number;
  /** Whether its scrape target answers: nginx and agent are up. Unknown is neither: it ends nobody. */
  readonly up: boolean | "unknown";
  /** Whether it says that it takes itself out of service: its health check fails, and it serves what still arrives. */
  readonly draining: boolean;
  /** Set while the group waits for a lifecycle hook's completion before it ends this worker. */
  readonly awaitsHook?: boolean;
  /** Set once AWS has said that it takes this machine away. */
  readonly notice?: Notice;
  /** Set while the group's own health check says that it is dead, which can be read also when Prometheus cannot. */
  readonly isUnhealthy?: boolean;
  /**
   * Whether the load balancer sends it traffic: it is registered there and healthy. False also for one that drains, on purpose.
   * Unset where nobody was asked, such as a group without a load balancer: then what Prometheus sees serve counts.
   */
  readonly reached?: boolean | "unknown";
  /** CPU share, 0 to 1. */
  readonly cpuRatio: Reading;
  /** Requests per second arriving at nginx, all services; with the completed ones it shows queues that grow. */
  readonly arrivalsPerSecond: Reading;
  /** Completed requests per second of everything nginx served, internal paths included; same window. */
  readonly completionsPerSecond: Reading;
  /** Requests under way at nginx at each look of the last `drain.quietSeconds`: streams, WebSockets and uploads are, for as long as they last. */
  readonly openRequests: Reading;
  /** Jobs that run there. Unset where it does not say: those of an earlier release know of none. */
  readonly runningJobs?: Reading;
  readonly services: Readonly<Record<string, ServiceObservation>>;
}

/** AWS says that it takes a machine away. */
export interface Notice {
  /** `interruption`: it is gone soon, whatever anybody does. `rebalance`: it is likelier than before to be interrupted. */
  readonly kind: "interruption" | "rebalance";
  /** When it is gone at the earliest (epoch ms, by the observation's clock); with an interruption only. */
  readonly goneAtMs?: number;
}

/** Something beside the group that could not be read, and why. */
export interface Unread {
  readonly what: string;
  readonly problem: string;
}

export interface GroupObservation {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly workers: readonly WorkerObservation[];
  /** Failed launches since the last successful one. */
  readonly failedLaunches: number;
  readonly lastFailedLaunchAtMs?: number;
  /** Instances of those that had got one before they failed. */
  readonly failedLaunchIds?: readonly string[];
  /** AWS's own words about the last of them. */
  readonly launchProblem?: string;
  /** Processes that the group has been told not to carry out: `Launch`, `Terminate`, ... */
  readonly suspended?: readonly string[];
  /** Set while something else changes the group, such as an instance refresh: nothing is drained, ended or replaced meanwhile. */
  readonly busyWith?: string;
  /** What could not be read. It is missing here, or as it was last known; in doubt something is under way. */
  readonly unread?: readonly Unread[];
}

/** What a worker says of a service that people should hear: it crashes again and again, was killed for its memory, was healed or cannot be. */
export interface Trouble {
  readonly worker: string;
  readonly service: string;
  readonly kind: string;
  /** A sentence without its end; it may hold what a program printed. */
  readonly text: string;
}

/** The world as the loop saw it at `atMs` (epoch milliseconds by a clock that never jumps, as all times in it). */
export interface Observation {
  readonly atMs: number;
  /** The Auto Scaling group; unreadable means: no action at all on instances. */
  readonly group:
    | { readonly ok: true; readonly value: GroupObservation }
    | { readonly ok: false; readonly problem: string };
  /** Whether Prometheus answered at all. */
  readonly metricsReadable: boolean;
  /** Requests per second of each service over all workers, mean over `scaling.workers.demandWindowSeconds`. */
  readonly demand: Readonly<Record<string, Reading>>;
  /** By service and name, what its own signals say; unset where no service has any. */
  readonly signals?: Readonly<Record<string, Readonly<Record<string, Reading>>>>;
  /** Unset where no worker tells of any. */
  readonly troubles?: readonly Trouble[];
}
