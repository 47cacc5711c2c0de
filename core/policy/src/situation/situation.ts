import type { FleetConfig } from "@compose-fleet/fleet";
import type { Decision } from "../decision/decision.ts";
import type { Limit } from "../limits/limit.ts";
import type { ServiceDemand } from "../observation/demand.ts";
import type { Observation, WorkerObservation } from "../observation/observation.ts";
import type { Commanded, LastRead, Memory } from "./memory.ts";
import type { WindowMemory } from "./stabilization.ts";

/** What is known before anything is computed from it. */
export type Known = Pick<
  Situation,
  "config" | "observation" | "memory" | "serving" | "draining" | "demands" | "losses"
>;

/** What every rule of one tick may look at. */
export interface Situation {
  readonly config: FleetConfig;
  readonly observation: Observation;
  readonly memory: Memory;
  /** Workers in service that are capacity: they do not drain. */
  readonly serving: readonly WorkerObservation[];
  /** Workers in service that take themselves out of it: they serve what still arrives, and are no capacity. */
  readonly draining: readonly WorkerObservation[];
  /** By service. */
  readonly demands: Readonly<Record<string, ServiceDemand>>;
  readonly steps: Memory["steps"];
  /** Those in force, in the order in which they are heard. */
  readonly limits: readonly Limit[];
  readonly inFlight: ReadonlySet<string>;
  /** Whether too many workers are without data to scale anything in. */
  readonly breakerOpen: boolean;
  /** Workers that serve and whose load cannot be read. */
  readonly missingWorkers: number;
  /** Who is lost; undefined while Prometheus can be read. */
  readonly losses: Losses | undefined;
}

/** What is lost while Prometheus cannot be read, computed once a tick. */
export interface Losses {
  /** Ids of the workers that are left. */
  readonly left: ReadonlySet<string>;
  /** By worker, as it was last read. */
  readonly lastReads: ReadonlyMap<string, LastRead>;
  /** By service: the ids of those that had load of it and are gone, sorted; and that load. */
  readonly lost: Readonly<Record<string, { readonly workers: readonly string[]; readonly requestsPerSecond: number }>>;
}

/** A rule's verdict for one target, and what to remember of it. */
export interface Verdict {
  readonly decision: Decision;
  /** Undefined where nothing was watched: the window begins anew. */
  readonly window: WindowMemory | undefined;
  readonly commanded?: Commanded | undefined;
  /** A drain that was started or cancelled. */
  readonly drain?: { readonly worker: string; readonly started: boolean };
  /** A worker that was given up because it never came into service. */
  readonly failedBoot?: string;
}
