import { createRandom, type Random } from "../random/random.ts";
import type { PlantOptions } from "./plant-options.ts";

/** After the last failed launch the group tries again. */
export const RETRY_SECONDS = 60;
/** A launch that fails is known to have failed after this long. */
export const FAILS_AFTER_SECONDS = 30;
/** A worker that hangs fails its health checks for this long before the load balancer sends it nothing more. */
export const UNHEALTHY_AFTER_SECONDS = 30;

const DAY_SECONDS = 86_400;

/** What goes wrong, from a seed. Each kind has a stream of its own, so that more of one does not move another. */
export class Troubles {
  readonly #options: PlantOptions;
  readonly #tickSeconds: number;
  readonly #boots: Random;
  readonly #launches: Random;
  readonly #interruptions: Random;
  readonly #hangs: Random;
  readonly #gaps: Random;
  #blindUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: PlantOptions, tickSeconds: number) {
    this.#options = options;
    this.#tickSeconds = tickSeconds;
    const stream = (purpose: string) => createRandom(options.seed, purpose);
    this.#boots = stream("boots");
    this.#launches = stream("launches");
    this.#interruptions = stream("interruptions");
    this.#hangs = stream("hangs");
    this.#gaps = stream("gaps");
  }

  /** How long the next boot takes: `bootSeconds` is its median. */
  bootSeconds(): number {
    const { bootSeconds, bootSpread } = this.#options;
    return bootSpread === 0 ? bootSeconds : bootSeconds * Math.exp(bootSpread * this.#boots.normal());
  }

  /** Whether the next launch fails. */
  launchFails(): boolean {
    const { launchFailureShare } = this.#options;
    return launchFailureShare > 0 && this.#launches.next() < launchFailureShare;
  }

  /** Whether a worker is taken by its provider in this tick. */
  isInterrupted(): boolean {
    return this.#happens(this.#interruptions, this.#options.spotInterruptionsPerDay);
  }

  /** Whether a worker hangs from this tick on. */
  hangs(): boolean {
    return this.#happens(this.#hangs, this.#options.workerLossesPerDay);
  }

  /** Whether anything may happen to a worker that runs. */
  get mayStrike(): boolean {
    return this.#options.spotInterruptionsPerDay > 0 || this.#options.workerLossesPerDay > 0;
  }

  /** Whether Prometheus cannot be read in this tick; to be asked once a tick. */
  isBlind(nowMs: number): boolean {
    if (nowMs >= this.#blindUntilMs && this.#happens(this.#gaps, this.#options.metricGapsPerDay))
      this.#blindUntilMs = nowMs + this.#options.metricGapSeconds * 1000;
    return nowMs < this.#blindUntilMs;
  }

  #happens(random: Random, perDay: number): boolean {
    return perDay > 0 && random.next() < (perDay * this.#tickSeconds) / DAY_SECONDS;
  }
}
