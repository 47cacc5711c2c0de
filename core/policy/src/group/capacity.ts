import type { GroupObservation, WorkerObservation } from "../observation/observation.ts";
import type { Situation } from "../situation/situation.ts";
import { hasFailedToBoot } from "./boot.ts";
import { isTaken } from "./taken.ts";
import { isDown, isProven, isReached } from "./watch.ts";

/** What there is of a worker group, apart from what was asked for. */
export interface Capacity {
  /** What was asked for. Not a number of workers: launches may fail, or wait for ever. */
  readonly desired: number;
  /** Members that the group counts towards the desired capacity, or may: lowering it to this number ends nobody. */
  readonly exists: number;
  /** Asked for and not there. */
  readonly unfilled: number;
  /** Workers in service, not draining and not taken away by AWS, that are known to serve, and to get traffic. */
  readonly proven: readonly WorkerObservation[];
  /** Workers in service, not draining and not taken away by AWS, that are neither known to be down nor known to get no traffic. */
  readonly hopeful: readonly WorkerObservation[];
  /** Launched and not yet serving, or serving and not yet reached by the load balancer; those that have had their time are left out. */
  readonly booting: number;
  /** On the way out. */
  readonly leaving: number;
}

/** Counts the group of this situation. */
export function capacityOf(
  { config, memory, observation, serving }: Pick<Situation, "config" | "observation" | "memory" | "serving">,
  group: GroupObservation,
): Capacity {
  const { desired, workers } = group;
  const exists = countExisting(group);
  const staying = serving.filter((worker) => !isTaken(worker));
  const isRegistering = ({ reached, launchedAtMs }: WorkerObservation) =>
    reached === false && observation.atMs - launchedAtMs < config.scaling.workers.bootSeconds * 1000;
  return {
    desired,
    exists,
    unfilled: Math.max(0, desired - exists),
    proven: staying.filter((worker) => isProven(worker) && isReached(worker) && !worker.isUnhealthy),
    hopeful: staying.filter((worker) => !isDown(worker) && worker.reached !== false && !worker.isUnhealthy),
    booting:
      workers.filter(
        (worker) => worker.state === "pending" && !hasFailedToBoot(worker, memory, observation.atMs, config),
      ).length + serving.filter(isRegistering).length,
    leaving: workers.filter(({ state }) => state === "terminating").length,
  };
}

/** Since when (epoch ms) more is asked for than exists, without a break; undefined when all that was asked for is there. */
export function unfilledSince(
  before: number | undefined,
  { atMs, group }: Situation["observation"],
): number | undefined {
  if (!group.ok) return undefined;
  return countExisting(group.value) < group.value.desired ? (before ?? atMs) : undefined;
}

function countExisting({ workers }: GroupObservation): number {
  return workers.filter(({ state, mayCount }) => state === "in-service" || state === "pending" || mayCount).length;
}
