import type { FleetConfig } from "@compose-fleet/fleet";
import type { Balancing, Plant } from "../plant/plant.ts";
import type { PlantOptions } from "../plant/plant-options.ts";
import type { Offered } from "../trace/offered.ts";

/** A policy at work on one plant. */
export interface Contestant {
  /** Looks at the plant and acts on it, at the beginning of each tick. */
  tick(): void;
  /** Why it last changed the number of workers, for people. */
  why?(): string | undefined;
}

/** A policy that can be simulated. */
export interface ContestantKind {
  readonly name: string;
  /** In a line, for people. */
  readonly says: string;
  readonly balancing: Balancing;
  /** Replicas that a worker boots with. */
  readonly bootReplicas: (setting: Setting) => number;
  readonly start: (plant: Plant, setting: Setting) => Contestant;
}

/** What every policy is given. */
export interface Setting {
  readonly plant: PlantOptions;
  readonly offered: Offered;
  /** Of the production policy. */
  readonly config: FleetConfig;
}
