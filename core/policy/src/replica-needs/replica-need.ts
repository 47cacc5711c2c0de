import type { ServiceConfig } from "@compose-fleet/fleet";
import type { WorkerObservation } from "../observation/observation.ts";
import type { Situation } from "../situation/situation.ts";

/** What a need of replicas may look at. */
export type ReplicaNeedSituation = Pick<Situation, "config" | "observation" | "memory" | "serving">;

/** The service on a worker that needs them. */
export interface NeedyReplicas {
  readonly target: { readonly service: string };
  readonly worker: WorkerObservation;
  readonly service: ServiceConfig;
}

/** Replicas of one service that one side of its work needs on one worker; not yet within bounds. */
export interface ReplicaNeed {
  /** Whole replicas, each filled to `share` of what it shall carry; undefined when that cannot be read. */
  readonly count: (share: number) => number | undefined;
  /** What cannot be read, in words. Then `count` is a lower bound: good for scaling out, never for scaling in. */
  readonly problem?: string | undefined;
  /** For people: what it was computed from, and the replicas that are needed by it. Made when it is asked for: most needs do not bind. */
  readonly numbers: (needed: number) => Readonly<Record<string, number | string>>;
}

/** Of a service that does not have this need. */
export const NO_NEEDS: readonly ReplicaNeed[] = [];

/** One way to need replicas. The largest need binds, and names itself. */
export interface ReplicaNeedSource {
  readonly name: string;
  /** As docs/policy.md prints it. */
  readonly says: string;
  /** None where the service does not have this need. */
  readonly of: (situation: ReplicaNeedSituation, target: NeedyReplicas) => readonly ReplicaNeed[];
}
