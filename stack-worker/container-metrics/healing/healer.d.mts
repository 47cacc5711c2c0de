import type { ListedContainer } from "../docker-client.mjs";
import type { Healed } from "./decide-healing.mjs";
import type { ReplicaWatch } from "./watch-replicas.mjs";

/** What people should hear of a service on this worker. */
export interface Trouble {
  readonly service: string;
  readonly kind: "crash-loop" | "out-of-memory" | "healed" | "not-healed";
  readonly text: string;
  /** How often, where it is counted. */
  readonly value: number;
}

/** `atMs`: epoch milliseconds. */
export interface HealedReplica extends Healed {
  readonly service: string;
  readonly text: string;
}

export interface HealerDeps {
  readonly docker: { containers(project: string): Promise<ListedContainer[]> };
  readonly project: string;
  /** Port and path of each service, by name. */
  readonly table: () => Promise<ReadonlyMap<string, { readonly port: number; readonly path: string }>>;
  /** Whether the worker drains or has not come into service: then nobody is healed. */
  readonly isOut: () => Promise<boolean>;
  readonly leavingIds: () => Promise<ReadonlySet<string>>;
  /** Addresses that answered users since the last look. */
  readonly users: () => Promise<ReadonlySet<string>>;
  readonly watch: ReplicaWatch;
  readonly orders: { write(text: string): Promise<void>; done(): Promise<readonly HealedReplica[]> };
  /** Monotonic, and epoch milliseconds. */
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  readonly say: (sentence: string) => void;
}

export function createHealer(deps: HealerDeps): { look(): Promise<void>; troubles(): readonly Trouble[] };
