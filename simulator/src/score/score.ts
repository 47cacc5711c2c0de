import type { Tick } from "../plant/plant.ts";

/** An action in the other direction this soon after the one before takes it back. */
const REVERSAL_SECONDS = 1800;
/** A share of the load this small is a rounding error, not a lost request. */
const NOTHING = 1e-9;
const BUSY = 0.9;

/** How a policy did, over the ticks that are scored. */
export interface Score {
  readonly days: number;
  readonly lostRequests: number;
  readonly violationPercent: number;
  readonly violationTimePercent: number;
  readonly longestViolationSeconds: number;
  readonly instanceHours: number;
  readonly replicaHours: number;
  readonly instanceActions: number;
  readonly containerActions: number;
  readonly reversals: number;
  /** Share of time with more than 90 % of what serves in use. */
  readonly busyTimePercent: number;
  /** Hours by how many workers were paid for. */
  readonly hoursBySize: readonly number[];
}

/** Adds up ticks and actions. */
export class ScoreKeeper {
  readonly #tickSeconds: number;
  #ticks = 0;
  #offered = 0;
  #lost = 0;
  #lostTicks = 0;
  #episode = 0;
  #longestEpisode = 0;
  #billed = 0;
  #replicas = 0;
  #busyTicks = 0;
  #instanceActions = 0;
  #containerActions = 0;
  #reversals = 0;
  #lastDirection = 0;
  #lastActionMs = Number.NEGATIVE_INFINITY;
  readonly #ticksBySize: number[] = [];

  constructor(tickSeconds: number) {
    this.#tickSeconds = tickSeconds;
  }

  /** A tick that counts. */
  add({ offered, served, capacity, billed, replicas }: Tick): void {
    const lost = offered - served;
    this.#ticks++;
    this.#offered += offered;
    this.#billed += billed;
    this.#replicas += replicas;
    if (lost > NOTHING * offered) {
      this.#lost += lost;
      this.#lostTicks++;
      this.#episode++;
      if (this.#episode > this.#longestEpisode) this.#longestEpisode = this.#episode;
    } else this.#episode = 0;
    if (offered > BUSY * capacity) this.#busyTicks++;
    this.#ticksBySize[billed] = (this.#ticksBySize[billed] ?? 0) + 1;
  }

  /** A tick that does not count. */
  skip(): void {
    this.#episode = 0;
  }

  /** The policy asked for more (`direction` > 0) or fewer workers. */
  instanceAction(direction: number, nowMs: number, isScored: boolean): void {
    if (isScored) {
      this.#instanceActions++;
      if (direction * this.#lastDirection < 0 && nowMs - this.#lastActionMs <= REVERSAL_SECONDS * 1000)
        this.#reversals++;
    }
    this.#lastDirection = direction;
    this.#lastActionMs = nowMs;
  }

  containerActions(count: number): void {
    this.#containerActions += count;
  }

  score(): Score {
    const hours = (ticks: number) => (ticks * this.#tickSeconds) / 3600;
    const percent = (part: number, of: number) => (of === 0 ? 0 : (100 * part) / of);
    return {
      days: hours(this.#ticks) / 24,
      lostRequests: this.#lost * this.#tickSeconds,
      violationPercent: percent(this.#lost, this.#offered),
      violationTimePercent: percent(this.#lostTicks, this.#ticks),
      longestViolationSeconds: this.#longestEpisode * this.#tickSeconds,
      instanceHours: hours(this.#billed),
      replicaHours: hours(this.#replicas),
      instanceActions: this.#instanceActions,
      containerActions: this.#containerActions,
      reversals: this.#reversals,
      busyTimePercent: percent(this.#busyTicks, this.#ticks),
      hoursBySize: Array.from(this.#ticksBySize, (ticks) => hours(ticks ?? 0)),
    };
  }
}
