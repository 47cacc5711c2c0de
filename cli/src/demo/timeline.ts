/** The fleet as it was at one moment, from the scaler's own status. */
export interface Sample {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Rate the load generator offers, requests per second. */
  readonly offeredRps: number;
  /** Workers that serve, and what the group wants. */
  readonly workers: number;
  readonly desiredWorkers: number;
  /** Ready replicas by `WORKER/SERVICE`. */
  readonly replicas: Readonly<Record<string, number>>;
}

/** A change that the scaler made. */
export interface Action {
  readonly atMs: number;
  readonly level: "containers" | "instances";
  /** `workers`, or `WORKER/SERVICE`. */
  readonly target: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** What one replica and one worker are filled to before more are wanted, requests per second. */
export interface FillLines {
  readonly perReplicaRps: number;
  readonly perWorkerRps: number;
}

/** All ready replicas of the fleet. */
export function totalReplicas(sample: Sample): number {
  return Object.values(sample.replicas).reduce((sum, count) => sum + count, 0);
}
