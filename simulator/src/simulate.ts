import type { Contestant, ContestantKind, Setting } from "./contestants/contestant.ts";
import { Plant } from "./plant/plant.ts";
import { type Score, ScoreKeeper } from "./score/score.ts";
import { type Timeline, TimelineKeeper } from "./timeline/timeline.ts";

/** One policy over one trace, in steps, so that whoever runs it can say how far it is. Same setting, same score. */
export class Simulation {
  readonly ticks: number;
  #done = 0;
  readonly #offered: Setting["offered"];
  readonly #plant: Plant;
  readonly #contestant: Contestant;
  readonly #keeper: ScoreKeeper;
  readonly #timeline: TimelineKeeper | undefined;

  /** `isKept`: what happens is kept for `timeline`. */
  constructor(kind: ContestantKind, setting: Setting, { isKept = false } = {}) {
    const { offered, plant: options } = setting;
    this.ticks = offered.rates.length;
    this.#offered = offered;
    this.#plant = new Plant({ options, offered, balancing: kind.balancing, bootReplicas: kind.bootReplicas(setting) });
    this.#contestant = kind.start(this.#plant, setting);
    this.#keeper = new ScoreKeeper(offered.tickSeconds);
    this.#timeline = isKept ? new TimelineKeeper({ ...offered, ticks: this.ticks }) : undefined;
  }

  get done(): number {
    return this.#done;
  }

  /** Lives through up to `ticks` more; whether there are any left. */
  advance(ticks: number): boolean {
    const until = Math.min(this.ticks, this.#done + ticks);
    for (; this.#done < until; this.#done++) this.#live(this.#offered.isScored[this.#done] === 1);
    return this.#done < this.ticks;
  }

  score(): Score {
    return this.#keeper.score();
  }

  /** What happened so far; undefined where it was not kept. */
  timeline(): Timeline | undefined {
    return this.#timeline?.timeline();
  }

  #live(isScored: boolean): void {
    const plant = this.#plant;
    const { intended, containerActions } = plant;
    this.#contestant.tick();
    const change = plant.intended - intended;
    if (change !== 0) {
      this.#keeper.instanceAction(Math.sign(change), plant.nowMs, isScored);
      this.#timeline?.decision(plant.nowMs, intended, plant.intended, () => this.#contestant.why?.());
    }
    if (isScored) this.#keeper.containerActions(plant.containerActions - containerActions);
    plant.pass();
    if (isScored) this.#keeper.add(plant.last);
    else this.#keeper.skip();
    this.#timeline?.add(plant.last, isScored);
  }
}
