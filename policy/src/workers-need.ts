import { rounded, wholeUnits } from "./bounds.ts";
import { isDemandWhole, queueGrowthOf } from "./demand.ts";
import type { GroupObservation } from "./observation.ts";
import type { Tick } from "./tick.ts";
import { servingWorkers } from "./watch.ts";

interface WorkersNeed {
  /**
   * Workers that the load and the CPU can need at most, by what is known; not yet within bounds and not rounded. A reading that is missing
   * counts as a whole worker's capacity, never as 0. Undefined when the demand cannot be read.
   */
  readonly workers: number | undefined;
  /** What is known even when something else is not: good enough to scale out, never to scale in. */
  readonly atLeast: number;
  readonly numbers: Readonly<Record<string, number | string>>;
  readonly cpuBinds: boolean;
  /** What cannot be read, in words; empty when all can. */
  readonly problem: string;
}

/**
 * Workers needed: the largest over services of demand / (headroom × capacity × replicas.max), each worker being able to run all of them,
 * and what the CPU needs: workers × mean CPU / target.
 */
export function workersNeed(
  tick: Pick<Tick, "config" | "observation" | "memory">,
  group: GroupObservation,
): WorkersNeed {
  const { config, observation } = tick;
  // Requests that a draining worker still serves come to the others soon; its CPU is no capacity and tells nothing of theirs.
  const inService = group.workers.filter(({ state }) => state === "in-service");
  const serving = servingWorkers(tick);
  const { headroom } = config.scaling;
  let binding = { share: 0, service: "", requestsPerSecond: 0, capacityPerWorker: 0 };
  let atMost = 0;
  let isUnknown = false;
  const problems: string[] = [];
  for (const [name, service] of Object.entries(config.services)) {
    const demand = observation.demand[name] ?? { ok: false, problem: "not observed" };
    if (!demand.ok) {
      isUnknown = true;
      problems.unshift(`${name}: ${demand.problem}`);
      continue;
    }
    const requestsPerSecond = demand.value + queueGrowthOf(inService, name);
    const capacityPerWorker = service.capacity.requestsPerSecond * service.replicas.max;
    const share = requestsPerSecond / (headroom * capacityPerWorker);
    if (share >= binding.share) binding = { share, service: name, requestsPerSecond, capacityPerWorker };
    const unread = inService.filter((worker) => !isDemandWhole(worker, name));
    if (unread.length > 0) problems.push(`the load of ${name} on ${namesOf(unread)} cannot be read`);
    atMost = Math.max(atMost, share + unread.length / headroom);
  }
  const cpus = serving.flatMap(({ cpuRatio }) => (cpuRatio.ok ? [cpuRatio.value] : []));
  const cpuSum = cpus.reduce((sum, value) => sum + value, 0);
  const cpu = cpus.length > 0 ? cpuSum / cpus.length : 0;
  const cpuTarget = config.workers.target.cpu;
  const cpuShare = (serving.length * cpu) / cpuTarget;
  const unread = serving.filter(({ cpuRatio }) => !cpuRatio.ok);
  if (unread.length > 0) problems.push(`the CPU of ${namesOf(unread)} cannot be read`);
  const atLeast = Math.max(binding.share, cpuShare);
  return {
    workers: isUnknown ? undefined : Math.max(atLeast, atMost, (cpuSum + unread.length) / cpuTarget),
    atLeast,
    cpuBinds: cpuShare > binding.share && wholeUnits(cpuShare) > wholeUnits(binding.share),
    problem: problems.join("; "),
    numbers: {
      service: binding.service,
      requestsPerSecond: rounded(binding.requestsPerSecond),
      capacityPerWorker: binding.capacityPerWorker,
      headroom,
      cpu: rounded(cpu),
      cpuTarget,
    },
  };
}

function namesOf(workers: readonly { readonly id: string }[]): string {
  return workers.map(({ id }) => id).join(", ");
}
