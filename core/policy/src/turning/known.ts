import { lossesOf } from "../group/blind-loss.ts";
import { inServiceBy } from "../group/watch.ts";
import { demandsOf } from "../observation/demand.ts";
import type { Known, Situation } from "../situation/situation.ts";

/** What a memory and an observation tell together, for whoever looks without deciding. */
export function knownOf({ config, memory, observation }: Pick<Situation, "config" | "memory" | "observation">): Known {
  const { inService, serving, draining } = inServiceBy(observation, memory, config);
  const demands = demandsOf(inService, Object.keys(config.services));
  return {
    config,
    observation,
    memory,
    serving,
    draining,
    demands,
    losses: lossesOf({ memory, observation, serving }),
  };
}
