import type { Usage } from "./bound-by.ts";
import { afterStep, newSearch, type SearchLimits, type Step } from "./knee.ts";
import { type Knee, kneeFound } from "./knee-found.ts";
import type { OfferLoad, ReadUsage } from "./ports.ts";

/** What was tried, what was found, and what was used at its highest rates. */
export interface Measurement {
  readonly knee: Knee;
  readonly steps: readonly Step[];
  readonly usage: Usage;
}

const NOTHING: Usage = { replicaCpu: null, workerCpu: null, memory: null };

/**
 * Raises the load until it bends. `tell` hears of each step. What is used is read at the end of each; the largest at rates near the knee counts.
 * Rejects as its ports do.
 */
export async function measureCapacity(
  { load, usage }: { readonly load: OfferLoad; readonly usage: ReadUsage },
  limits: SearchLimits,
  tell: (step: Step) => void,
): Promise<Measurement> {
  const steps: Step[] = [];
  const used: { readonly rps: number; readonly usage: Usage }[] = [];
  let search = newSearch;
  while (search.phase !== "done") {
    const { rps, seconds } = search.offer;
    const step = await load.offer(rps, seconds);
    steps.push(step);
    used.push({ rps, usage: await usage.usage(step.elapsedMs / 1000) });
    tell(step);
    search = afterStep(search, step, limits);
  }
  const knee = kneeFound(search, limits);
  const near = used.filter((each) => each.rps >= knee.rps * NEAR).map((each) => each.usage);
  return { knee, steps, usage: near.reduce(largest, NOTHING) };
}

/** Rates below this share of the knee say nothing of what bound it. */
const NEAR = 0.95;

function largest(one: Usage, other: Usage): Usage {
  const most = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b));
  return {
    replicaCpu: most(one.replicaCpu, other.replicaCpu),
    workerCpu: most(one.workerCpu, other.workerCpu),
    memory: most(one.memory, other.memory),
  };
}
