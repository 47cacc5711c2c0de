import type { Patient } from "./decide-healing.mjs";

export interface WatchedReplica {
  readonly id: string;
  readonly service: string;
  readonly address: string;
  readonly port: number;
  /** Empty where nginx does not serve it. */
  readonly path: string;
  readonly health: string | undefined;
  readonly createdAtMs: number;
}

export interface ReplicaWatch {
  ended(id: string): void;
  look(
    nowMs: number,
    wallMs: number,
    replicas: readonly WatchedReplica[],
    users: ReadonlySet<string>,
  ): ReadonlyMap<string, readonly Patient[]>;
}

export function createReplicaWatch(deps: { readonly ask: (replica: WatchedReplica) => Promise<boolean> }): ReplicaWatch;
