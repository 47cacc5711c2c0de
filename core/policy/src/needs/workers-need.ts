import type { GroupObservation } from "../observation/observation.ts";
import { wholeUnits } from "../situation/bounds.ts";
import type { Situation } from "../situation/situation.ts";
import { byCpu } from "./by-cpu.ts";
import { byLoad } from "./by-load.ts";
import type { NeedSource } from "./need.ts";

/** Every way to need workers. A need that comes later binds only where it asks for a whole worker more. */
export const needSources: readonly NeedSource[] = [byLoad, byCpu];

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
export function workersNeed(
  situation: Pick<Situation, "config" | "observation" | "memory">,
  group: GroupObservation,
): WorkersNeed {
  const needs = needSources.map((source) => ({ name: source.name, ...source.of({ ...situation, group }) }));
  const binding = needs.reduce((largest, need) =>
    need.atLeast > largest.atLeast && wholeUnits(need.atLeast) > wholeUnits(largest.atLeast) ? need : largest,
  );
  const atLeast = Math.max(...needs.map((need) => need.atLeast));
  const isBounded = needs.every(({ atMost }) => atMost !== undefined);
  return {
    workers: isBounded ? Math.max(atLeast, ...needs.map(({ atMost = 0 }) => atMost)) : undefined,
    atLeast,
    boundBy: binding.name,
    problem: needs.flatMap(({ problems }) => problems).join("; "),
    numbers: Object.assign({}, ...needs.map(({ numbers }) => numbers)),
  };
}
