/** The machines and the load balancer. The defaults are those by which figures are compared (docs/simulate.md). */
export interface PlantOptions {
  /** What one replica really serves, requests per second. */
  readonly replicaRequestsPerSecond: number;
  /** Replicas that one worker has room for. */
  readonly replicasPerWorker: number;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  /** From a launch to serving, seconds. */
  readonly bootSeconds: number;
  /** A new replica serves after this long; stopping one takes no time. */
  readonly replicaStartSeconds: number;
  /** A worker is paid for this long after it left the rotation, and at least until it is ended. */
  readonly endSeconds: number;
  /** Age of what Prometheus, or another agent in the fleet, can tell. */
  readonly metricDelaySeconds: number;
  /** Age of what CloudWatch can tell. */
  readonly cloudWatchDelaySeconds: number;
  /** Standard deviation of the logarithm of the boot time; 0: every boot takes `bootSeconds`. */
  readonly bootSpread: number;
  /** Share of the launches that fail. */
  readonly launchFailureShare: number;
  /** How often each worker is taken by its provider. */
  readonly spotInterruptionsPerDay: number;
  /** How often each worker hangs: it serves nothing more, and the group does not notice. */
  readonly workerLossesPerDay: number;
  /** How often Prometheus cannot be read, and for how long. */
  readonly metricGapsPerDay: number;
  readonly metricGapSeconds: number;
  readonly seed: number;
}

/** The plant of docs/simulate.md, without its bounds and capacity, which a fleet file has. */
export const plantDefaults = {
  bootSeconds: 90,
  replicaStartSeconds: 3,
  endSeconds: 30,
  metricDelaySeconds: 15,
  cloudWatchDelaySeconds: 60,
  bootSpread: 0,
  launchFailureShare: 0,
  spotInterruptionsPerDay: 0,
  workerLossesPerDay: 0,
  metricGapsPerDay: 0,
  metricGapSeconds: 120,
  seed: 1,
} as const;
