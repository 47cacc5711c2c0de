import { wholeUnits } from "../numbers/bounds.ts";
import type { GroupObservation } from "../observation/observation.ts";
import type { Situation } from "../situation/situation.ts";
import { byCpu } from "./by-cpu.ts";
import { byForecast } from "./by-forecast.ts";
import { byLoad } from "./by-load.ts";
import { byCpuLimit, byReplicaCpu, bySignal } from "./by-replicas.ts";
import type { NeedSituation, NeedSource } from "./need.ts";

/** Every way to need workers. A need that comes later binds only where it asks for a whole worker more. */
export const needSources: readonly NeedSource[] = [byLoad, byCpu, byReplicaCpu, bySignal, byCpuLimit];

/** The same with foresight: one demand, one size. CPU corrects the capacities. What nobody foresees is sized as ever. */
export const foreseenNeedSources: readonly NeedSource[] = [byForecast, byReplicaCpu, bySignal, byCpuLimit];

/** Where some of the CPU is used by services whose demand nobody counts, capacities cannot be corrected by it. */
export const partlyForeseenNeedSources: readonly NeedSource[] = [byForecast, byCpu, byReplicaCpu, bySignal, byCpuLimit];

/** Needs whose numbers people get only where they bind: they are about another measure. */
const OWN_MEASURE: ReadonlySet<NeedSource> = new Set([byReplicaCpu, bySignal, byCpuLimit]);

/** Workers that are needed; not yet within bounds and not rounded. */
export interface WorkersNeed {
  /** At most, by what is known; undefined when one of the needs cannot be bounded. */
  readonly workers: number | undefined;
  /** By what is known even when something else is not: good enough to scale out, never to scale in. */
  readonly atLeast: number;
  readonly numbers: Readonly<Record<string, number | string>>;
  /** The name of the need that is the largest. */
  readonly boundBy: string;
  /** What cannot be read, in words; empty when all can. */
  readonly problem: string;
}

/** The largest of all needs. */
export function workersNeed(situation: Omit<NeedSituation, "group">, group: GroupObservation): WorkersNeed {
  const { config, observation, memory, serving, demands } = situation;
  let boundBy = "";
  let binding = Number.NEGATIVE_INFINITY;
  let atLeast = Number.NEGATIVE_INFINITY;
  let atMost: number | undefined = 0;
  const problems: string[] = [];
  const numbers: Record<string, number | string> = {};
  let own: Readonly<Record<string, number | string>> = {};
  for (const source of sourcesOf(situation)) {
    const need = source.of({ config, observation, memory, serving, demands, group });
    if (need === undefined) continue;
    if (boundBy === "" || (need.atLeast > binding && wholeUnits(need.atLeast) > wholeUnits(binding))) {
      boundBy = need.boundBy ?? source.name;
      binding = need.atLeast;
      own = OWN_MEASURE.has(source) ? need.numbers : {};
    }
    atLeast = Math.max(atLeast, need.atLeast);
    atMost = atMost === undefined || need.atMost === undefined ? undefined : Math.max(atMost, need.atMost);
    problems.push(...need.problems);
    if (!OWN_MEASURE.has(source)) Object.assign(numbers, need.numbers);
  }
  return {
    workers: atMost === undefined ? undefined : Math.max(atLeast, atMost),
    atLeast,
    boundBy,
    problem: problems.join("; "),
    numbers: Object.assign(numbers, own),
  };
}

function sourcesOf({ config, memory }: Pick<Situation, "config" | "memory">): readonly NeedSource[] {
  if (memory.foresight?.now === undefined) return needSources;
  const isCounted = Object.values(config.services).every(({ capacity }) => capacity !== undefined);
  return isCounted ? foreseenNeedSources : partlyForeseenNeedSources;
}
