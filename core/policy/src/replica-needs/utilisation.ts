import type { Situation } from "../situation/situation.ts";

/** With foresight a replica is filled to this share at most: a worker's room costs nothing until it is used. */
const FORESEEN_UTILISATION = 0.5;

/** The share of its capacity to load a replica to. */
export function utilisationOf({ config, memory }: Pick<Situation, "config" | "memory">): number {
  const { utilisation } = config.scaling;
  return memory.foresight?.now === undefined ? utilisation : Math.min(utilisation, FORESEEN_UTILISATION);
}
