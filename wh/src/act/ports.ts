import type { Outcome } from "./outcome.ts";

/** Changes the worker group. Numbers are absolute: the same call twice changes nothing more. Never throws. */
export interface WorkerGroupActions {
  setDesired(workers: number): Promise<Outcome>;
  /** Ends this worker and lowers the desired capacity by one. A worker already gone is skipped. */
  terminate(worker: string): Promise<Outcome>;
  /** Ends this worker and keeps the desired capacity, so that the group launches another. A worker already gone is skipped. */
  replace(worker: string): Promise<Outcome>;
}

/** Sets the replicas of a service on one worker. Idempotent; a lower fence than a worker has seen is refused there. Never throws. */
export interface ReplicaActions {
  setReplicas(command: { worker: string; service: string; replicas: number; fence: number }): Promise<Outcome>;
}

/** Takes a worker out of service, or back. Idempotent; a lower fence than the worker has seen is refused there. Never throws. */
export interface DrainActions {
  setDraining(command: { worker: string; draining: boolean; fence: number }): Promise<Outcome>;
}

/** Answers the group while it waits, before it ends a worker. A worker that is not waited for is skipped. Never throws. */
export interface TerminationHook {
  /** The group ends the worker now. */
  complete(worker: string): Promise<Outcome>;
  /** The group goes on waiting for another heartbeat timeout. */
  heartbeat(worker: string): Promise<Outcome>;
}

/** Where new workers read how many replicas to start. Writing the same again changes nothing. May throw. */
export interface ReplicaBaseline {
  write(replicas: Readonly<Record<string, number>>): Promise<void>;
}

/** The last action on one target. */
export interface LastAction {
  readonly target: string;
  readonly id: string;
  /** Rises with every action; a claim with a lower one than stored is superseded. */
  readonly fence: number;
  readonly atMs: number;
  readonly summary: string;
}

/** Remembers the last action per target. Claiming the same id again is "claimed". Throws when it cannot be reached. */
export interface ActionLog {
  claim(action: LastAction): Promise<"claimed" | "superseded">;
}
