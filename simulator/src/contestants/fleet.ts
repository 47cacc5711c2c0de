import type { FleetConfig } from "@compose-fleet/fleet";
import {
  type DecideOutput,
  type Decision,
  decide,
  emptyMemory,
  isEventful,
  nobodySeen,
  observe,
  paceMs,
  policyTargets,
  renderReason,
  replicaBaseline,
} from "@compose-fleet/policy";
import type { Plant } from "../plant/plant.ts";
import type { Contestant, ContestantKind } from "./contestant.ts";
import { lookAt } from "./look.ts";

const NOTHING: ReadonlySet<string> = new Set();

/** The production policy: core/policy, with nothing of it written anew. */
export const fleet: ContestantKind = {
  name: "fleet",
  says: "the policy of this project (core/policy)",
  balancing: "workers",
  bootReplicas: ({ config }) => serviceOf(config).replicas.min,
  start: (plant, { config }) => new Fleet(plant, config),
};

/** The service whose traffic is simulated. */
function serviceOf(config: FleetConfig): FleetConfig["services"][string] {
  const [service] = Object.values(config.services);
  if (service === undefined) throw new RangeError("the fleet has no service");
  return service;
}

class Fleet implements Contestant {
  readonly #plant: Plant;
  readonly #config: FleetConfig;
  readonly #highRate: number;
  #memory: DecideOutput["memory"];
  #seen = nobodySeen;
  #lastMs = Number.NEGATIVE_INFINITY;
  #eventfulAtMs = Number.NEGATIVE_INFINITY;
  /** What last changed the number of workers. */
  #last: Decision | undefined;

  constructor(plant: Plant, config: FleetConfig) {
    this.#plant = plant;
    this.#config = config;
    this.#memory = emptyMemory(plant.nowMs);
    this.#highRate =
      policyTargets(config).find(({ kind }) => kind === "requests_per_replica_high")?.value ?? Number.POSITIVE_INFINITY;
  }

  tick(): void {
    const plant = this.#plant;
    if (plant.tick === 0 || plant.nowMs - this.#lastMs < this.#intervalMs()) return;
    this.#lastMs = plant.nowMs;
    const { observation, seen } = observe(this.#config, lookAt(plant, this.#config), this.#seen);
    this.#seen = seen;
    const output = decide({
      config: this.#config,
      observation,
      signals: [],
      overrides: [],
      memory: this.#memory,
      inFlight: NOTHING,
    });
    this.#memory = output.memory;
    for (const decision of output.decisions) this.#carryOut(decision);
    const baseline = replicaBaseline(output.decisions, observation);
    const [replicas] = baseline === undefined ? [] : Object.values(baseline);
    if (replicas !== undefined) plant.bootReplicas = replicas;
    if (isEventful(output.decisions, observation)) this.#eventfulAtMs = plant.nowMs;
  }

  /** Time between two looks. What an alert would say now wakes the scaler as a signal does. */
  #intervalMs(): number {
    return paceMs(this.#config, {
      hasSignal: this.#isAlerting(),
      sinceEventfulMs: this.#plant.nowMs - this.#eventfulAtMs,
    });
  }

  #isAlerting(): boolean {
    const plant = this.#plant;
    if (plant.isBlind) return false;
    const { from, to } = plant.window(this.#config.scaling.metrics.rateWindowSeconds, plant.options.metricDelaySeconds);
    for (const worker of plant.workers)
      if (plant.serves(worker) && worker.served(from, to) > this.#highRate * worker.running) return true;
    return false;
  }

  why(): string | undefined {
    return this.#last && renderReason(this.#last.reason);
  }

  #carryOut(decision: Decision): void {
    const plant = this.#plant;
    if (decision.kind !== "hold" && decision.kind !== "scale-containers") this.#last = decision;
    switch (decision.kind) {
      case "set-capacity":
        plant.setDesired(decision.to);
        return;
      case "scale-containers":
        plant.scale(decision.worker, decision.to);
        return;
      case "drain-worker":
      case "cancel-drain":
        plant.drain(decision.worker, decision.kind === "drain-worker");
        return;
      case "terminate-worker":
      case "replace-worker":
        plant.terminate(decision.worker, decision.kind === "terminate-worker");
        return;
      case "hold":
        return;
    }
  }
}
