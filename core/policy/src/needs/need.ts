import type { GroupObservation } from "../observation/observation.ts";
import type { Situation } from "../situation/situation.ts";

/** What a need may look at. */
export type NeedSituation = Pick<Situation, "config" | "observation" | "memory" | "serving" | "demands"> & {
  readonly group: GroupObservation;
};

/** Workers that one side of the fleet needs; not yet within bounds and not rounded. */
export interface Need {
  /** By what is known: good enough to scale out, never to scale in. */
  readonly atLeast: number;
  /** At most, where each missing reading counts as a whole worker's capacity, never as 0; undefined when nothing bounds it. */
  readonly atMost: number | undefined;
  /** The part of it that is the largest, where it has several. */
  readonly boundBy?: string;
  /** What cannot be read, in words. */
  readonly problems: readonly string[];
  /** For people: what it was computed from. */
  readonly numbers: Readonly<Record<string, number | string>>;
}

/** One way to need workers. The largest need binds, and names itself. */
export interface NeedSource {
  readonly name: string;
  /** As docs/policy.md prints it. */
  readonly says: string;
  /** Undefined where the fleet does not have this need. */
  readonly of: (situation: NeedSituation) => Need | undefined;
}

/** The ids of workers, for people. */
export function namesOf(workers: readonly { readonly id: string }[]): string {
  return workers.map(({ id }) => id).join(", ");
}
