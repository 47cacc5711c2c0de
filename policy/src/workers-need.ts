import { rounded, wholeUnits } from "./bounds.ts";
import { queueGrowthOf } from "./demand.ts";
import type { GroupObservation } from "./observation.ts";
import type { Tick } from "./tick.ts";
import { servingWorkers } from "./watch.ts";

interface WorkersNeed {
  /** Workers that the load and the CPU need, not yet within bounds and not rounded; undefined when something cannot be read. */
  readonly workers: number | undefined;
  /** What is known even when something else is not: good enough to scale out, never to scale in. */
  readonly atLeast: number;
  readonly numbers: Readonly<Record<string, number | string>>;
  readonly cpuBinds: boolean;
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
  let binding = { share: 0, service: "", requestsPerSecond: 0, capacityPerWorker: 0 };
  let problem = "";
  for (const [name, service] of Object.entries(config.services)) {
    const demand = observation.demand[name] ?? { ok: false, problem: "not observed" };
    if (!demand.ok) {
      problem ||= `${name}: ${demand.problem}`;
      continue;
    }
    const requestsPerSecond = demand.value + queueGrowthOf(inService, name);
    const capacityPerWorker = service.capacity.requestsPerSecond * service.replicas.max;
    const share = requestsPerSecond / (config.scaling.headroom * capacityPerWorker);
    if (share >= binding.share) binding = { share, service: name, requestsPerSecond, capacityPerWorker };
  }
  const cpus = serving.flatMap(({ cpuRatio }) => (cpuRatio.ok ? [cpuRatio.value] : []));
  const cpu = cpus.length > 0 ? cpus.reduce((sum, value) => sum + value, 0) / cpus.length : 0;
  const cpuShare = (serving.length * cpu) / config.workers.target.cpu;
  const atLeast = Math.max(binding.share, cpuShare);
  return {
    workers: problem ? undefined : atLeast,
    atLeast,
    cpuBinds: cpuShare > binding.share && wholeUnits(cpuShare) > wholeUnits(binding.share),
    problem,
    numbers: {
      service: binding.service,
      requestsPerSecond: rounded(binding.requestsPerSecond),
      capacityPerWorker: binding.capacityPerWorker,
      headroom: config.scaling.headroom,
      cpu: rounded(cpu),
      cpuTarget: config.workers.target.cpu,
    },
  };
}
