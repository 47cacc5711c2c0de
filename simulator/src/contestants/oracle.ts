import type { Plant } from "../plant/plant.ts";
import type { Contestant, ContestantKind, Setting } from "./contestant.ts";

/**
 * Knows the future: the fewest instance-hours without a violation that could be avoided, with the same lags. Each level, "the third worker"
 * say, is kept over a gap in its need if that costs no more than to end it and launch it again.
 */
export const oracle: ContestantKind = {
  name: "oracle",
  says: "knows the future: the fewest instance-hours without an avoidable violation",
  balancing: "workers",
  bootReplicas: ({ plant }) => plant.replicasPerWorker,
  start: (plant, setting) => new Oracle(plant, scheduleOf(setting)),
};

class Oracle implements Contestant {
  readonly #plant: Plant;
  readonly #schedule: Uint16Array;

  constructor(plant: Plant, schedule: Uint16Array) {
    this.#plant = plant;
    this.#schedule = schedule;
    plant.setDesired(schedule[0] ?? plant.options.minWorkers);
  }

  tick(): void {
    const wanted = this.#schedule[this.#plant.tick] ?? this.#plant.group.desired;
    if (wanted !== this.#plant.group.desired) this.#plant.setDesired(wanted);
  }
}

/** Workers to be asked for in each tick. */
function scheduleOf({ offered, plant }: Setting): Uint16Array {
  const { bootSeconds, endSeconds, maxWorkers, minWorkers } = plant;
  const each = plant.replicaRequestsPerSecond * plant.replicasPerWorker;
  const ahead = Math.ceil(bootSeconds / offered.tickSeconds);
  const worthKeeping = Math.floor((bootSeconds + endSeconds) / offered.tickSeconds);
  const ticks = offered.rates.length;
  const schedule = new Uint16Array(ticks).fill(minWorkers);
  for (let level = minWorkers + 1; level <= maxWorkers; level++) {
    // From `keptFrom` on the level is kept; it was last needed in `lastNeeded`.
    let keptFrom = -1;
    let lastNeeded = -1;
    const keep = () => {
      if (keptFrom >= 0) for (let tick = keptFrom; tick <= lastNeeded; tick++) schedule[tick] = level;
    };
    for (let tick = 0; tick < ticks; tick++) {
      if ((offered.rates[tick] ?? 0) <= (level - 1) * each * (1 + 1e-12)) continue;
      if (lastNeeded < 0 || tick - lastNeeded - 1 > worthKeeping) {
        keep();
        keptFrom = Math.max(0, tick - ahead);
      }
      lastNeeded = tick;
    }
    keep();
  }
  return schedule;
}
