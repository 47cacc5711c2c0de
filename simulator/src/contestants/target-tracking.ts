import type { Plant } from "../plant/plant.ts";
import type { Worker } from "../plant/worker.ts";
import type { Contestant, ContestantKind } from "./contestant.ts";

const TARGET = 0.7;
const DATAPOINT_SECONDS = 60;
const ABOVE_DATAPOINTS = 3;
const BELOW_DATAPOINTS = 15;
const BELOW_SHARE = 0.9;
const WARM_UP_SECONDS = 300;

/** AWS' target tracking on the group's CPU. Every worker runs all the replicas that it has room for. */
export const targetTracking: ContestantKind = {
  name: "target-tracking",
  says: "AWS target tracking at 70 % CPU of the group, one-minute datapoints",
  balancing: "workers",
  bootReplicas: ({ plant }) => plant.replicasPerWorker,
  start: (plant) => new TargetTracking(plant),
};

class TargetTracking implements Contestant {
  readonly #plant: Plant;
  #nextMs: number;
  /** Newest last. */
  #datapoints: number[] = [];

  constructor(plant: Plant) {
    this.#plant = plant;
    this.#nextMs = plant.nowMs + DATAPOINT_SECONDS * 1000;
  }

  tick(): void {
    const plant = this.#plant;
    if (plant.nowMs < this.#nextMs) return;
    this.#nextMs = plant.nowMs + DATAPOINT_SECONDS * 1000;
    const warm = plant.workers.filter((worker) => plant.serves(worker) && !this.#isWarming(worker));
    const cpu = this.#cpuOf(warm);
    if (cpu === undefined) return;
    this.#datapoints = [...this.#datapoints, cpu].slice(-BELOW_DATAPOINTS);
    const { desired, min, max } = plant.group;
    if (this.#all(ABOVE_DATAPOINTS, (value) => value > TARGET)) {
      const wanted = Math.min(max, Math.ceil((warm.length * cpu) / TARGET));
      if (wanted > desired) plant.setDesired(wanted);
    } else if (
      this.#all(BELOW_DATAPOINTS, (value) => value < BELOW_SHARE * TARGET) &&
      desired > min &&
      !plant.workers.some((worker) => this.#isWarming(worker))
    )
      plant.setDesired(desired - 1);
  }

  #all(count: number, matches: (value: number) => boolean): boolean {
    return this.#datapoints.length >= count && this.#datapoints.slice(-count).every(matches);
  }

  /** Launched, and not long enough in service to be counted. */
  #isWarming({ servesFromMs, endedAtMs }: Worker): boolean {
    return endedAtMs === undefined && this.#plant.nowMs - servesFromMs < WARM_UP_SECONDS * 1000;
  }

  #cpuOf(workers: readonly Worker[]): number | undefined {
    const { options } = this.#plant;
    const { from, to } = this.#plant.window(DATAPOINT_SECONDS, options.cloudWatchDelaySeconds);
    if (to <= from || workers.length === 0) return undefined;
    const capacity = options.replicaRequestsPerSecond * options.replicasPerWorker;
    return workers.reduce((sum, worker) => sum + worker.served(from, to), 0) / workers.length / capacity;
  }
}
