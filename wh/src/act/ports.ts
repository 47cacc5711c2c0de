import type { Outcome } from "./outcome.ts";

/** Changes the worker group. Numbers are absolute: the same call twice changes nothing more. Never throws. */
export interface WorkerGroupActions {
  setDesired(workers: number): Promise<Outcome>;
  /** Ends this worker and lowers the desired capacity by one. A worker already gone is skipped. */
  terminate(worker: string): Promise<Outcome>;
}

/** Sets the replicas of a service on one worker. Idempotent; a lower fence than a worker has seen is refused there. Never throws. */
export interface ReplicaActions {
  setReplicas(command: { worker: string; service: string; replicas: number; fence: number }): Promise<Outcome>;
}

/** Where new workers read how many replicas to start. Writing the same again changes nothing. May throw. */
export interface ReplicaBaseline {
  write(replicas: Readonly<Record<string, number>>): Promise<void>;
}
