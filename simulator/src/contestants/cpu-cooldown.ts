import type { Plant } from "../plant/plant.ts";
import type { Contestant, ContestantKind } from "./contestant.ts";

const LOOK_SECONDS = 120;
const METRIC_SECONDS = 60;
const HIGH = 0.7;
const LOW = 0.3;
const AFTER_OUT_SECONDS = 300;
const AFTER_IN_SECONDS = 600;

/** One worker more or fewer by two CPU lines, with a cooldown after each action. */
export const cpuCooldown: ContestantKind = {
  name: "cpu-cooldown",
  says: "every two minutes one worker more above 70 % CPU, one fewer below 30 %, with cooldowns",
  balancing: "workers",
  bootReplicas: ({ plant }) => plant.replicasPerWorker,
  start: (plant) => new CpuCooldown(plant),
};

class CpuCooldown implements Contestant {
  readonly #plant: Plant;
  #nextMs: number;
  #quietUntilMs = Number.NEGATIVE_INFINITY;

  constructor(plant: Plant) {
    this.#plant = plant;
    this.#nextMs = plant.nowMs;
  }

  tick(): void {
    const plant = this.#plant;
    if (plant.nowMs < this.#nextMs) return;
    this.#nextMs = plant.nowMs + LOOK_SECONDS * 1000;
    if (plant.nowMs < this.#quietUntilMs) return;
    const { cloudWatchDelaySeconds, replicaRequestsPerSecond, replicasPerWorker } = plant.options;
    const served = plant.meanServed(METRIC_SECONDS, cloudWatchDelaySeconds);
    if (served === undefined || plant.serving === 0) return;
    const cpu = served / (plant.serving * replicaRequestsPerSecond * replicasPerWorker);
    const { desired, min, max } = plant.group;
    if (cpu > HIGH && desired < max) this.#act(desired + 1, AFTER_OUT_SECONDS);
    else if (cpu < LOW && desired > min) this.#act(desired - 1, AFTER_IN_SECONDS);
  }

  #act(desired: number, quietSeconds: number): void {
    if (this.#plant.setDesired(desired)) this.#quietUntilMs = this.#plant.nowMs + quietSeconds * 1000;
  }
}
