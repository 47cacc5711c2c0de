import type { Plant } from "../plant/plant.ts";
import type { Contestant, ContestantKind } from "./contestant.ts";

const LOOK_SECONDS = 15;
const METRIC_SECONDS = 60;
const HIGH_RATE = 50;
const LOW_RATE = 1;
const HIGH_CPU = 0.5;
const LOW_CPU = 0.01;
const BETWEEN_SECONDS = 60;

/** Fixed lines, one step at a time. */
export const thresholds: ContestantKind = {
  name: "thresholds",
  says: "one replica or worker more or fewer by fixed lines, one step a minute",
  balancing: "workers",
  bootReplicas: () => 1,
  start: (plant) => new Thresholds(plant),
};

class Thresholds implements Contestant {
  readonly #plant: Plant;
  #nextMs: number;
  /** By worker id, and "" for the group: when it was last acted upon. */
  readonly #lastMs = new Map<string, number>();

  constructor(plant: Plant) {
    this.#plant = plant;
    this.#nextMs = plant.nowMs;
  }

  tick(): void {
    const plant = this.#plant;
    if (plant.nowMs < this.#nextMs) return;
    this.#nextMs = plant.nowMs + LOOK_SECONDS * 1000;
    const { from, to } = plant.window(METRIC_SECONDS, plant.options.metricDelaySeconds);
    if (to <= from || plant.isBlind) return;
    const { replicaRequestsPerSecond, replicasPerWorker } = plant.options;
    let cpu = 0;
    let workers = 0;
    for (const worker of plant.workers) {
      if (!plant.serves(worker) || (worker.firstTick ?? to) >= to) continue;
      const served = worker.served(from, to);
      cpu += served / (replicaRequestsPerSecond * replicasPerWorker);
      workers++;
      const rate = served / Math.max(1, worker.wanted);
      if (rate > HIGH_RATE && worker.wanted < replicasPerWorker)
        this.#once(worker.id, () => plant.scale(worker.id, worker.wanted + 1));
      else if (rate <= LOW_RATE && worker.wanted > 1)
        this.#once(worker.id, () => plant.scale(worker.id, worker.wanted - 1));
    }
    if (workers === 0) return;
    const { desired, min, max } = plant.group;
    if (cpu / workers > HIGH_CPU && desired < max) this.#once("", () => plant.setDesired(desired + 1));
    else if (cpu / workers <= LOW_CPU && desired > min) this.#once("", () => plant.setDesired(desired - 1));
  }

  #once(target: string, act: () => void): void {
    const { nowMs } = this.#plant;
    if (nowMs - (this.#lastMs.get(target) ?? Number.NEGATIVE_INFINITY) < BETWEEN_SECONDS * 1000) return;
    this.#lastMs.set(target, nowMs);
    act();
  }
}
