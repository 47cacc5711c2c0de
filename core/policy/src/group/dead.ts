import type { WorkerObservation } from "../observation/observation.ts";
import type { Situation } from "../situation/situation.ts";
import { isDead, isNobodyWatched, isWithoutData } from "./watch.ts";

/**
 * The worker in service, not draining, that has not answered for longest, at least `unhealthySeconds`; undefined when there is none.
 * `count` is how many of them there are.
 */
export function findDead(
  situation: Situation,
): { readonly worker: WorkerObservation; readonly seconds: number; readonly count: number } | undefined {
  const { config, memory, observation, serving } = situation;
  if (isNobodyWatched(memory)) return undefined;
  const silentForMs = ({ id }: WorkerObservation) => observation.atMs - (memory.watched[id]?.downSinceMs ?? 0);
  const dead = serving
    .filter((candidate) => isDead(candidate, memory, observation.atMs, config))
    .sort((a, b) => silentForMs(b) - silentForMs(a) || a.id.localeCompare(b.id));
  const [worker] = dead;
  return worker && { worker, seconds: Math.floor(silentForMs(worker) / 1000), count: dead.length };
}

/** How sure one can be that `dead` is dead, by the other workers: most of them answer, too few do, or there is no other. */
export function othersSay(situation: Situation, dead: WorkerObservation): "dead" | "unsure" | "alone" {
  const others = situation.serving.filter(({ id }) => id !== dead.id);
  if (others.length === 0) return "alone";
  const missing = others.filter(isWithoutData).length;
  return missing / others.length > situation.config.scaling.missingWorkersLimit ? "unsure" : "dead";
}
