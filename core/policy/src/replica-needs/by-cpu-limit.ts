import type { ServiceConfig } from "@compose-fleet/fleet";
import { rounded, wholeUnits } from "../numbers/bounds.ts";
import { demandOn } from "../observation/demand.ts";
import type { WorkerObservation } from "../observation/observation.ts";
import { busyReplicas } from "./by-replica-cpu.ts";
import { NO_NEEDS, type ReplicaNeedSource } from "./replica-need.ts";
import { utilisationOf } from "./utilisation.ts";

/** Replicas that use so much of their CPU are at its limit. */
const AT_LIMIT = 0.9;

/**
 * A written capacity that is too high is noticed by the CPU. It is compared with the replicas that the written one asks for, not with those that run:
 * so the need stays when there are enough. Where the CPU cannot be read nothing is known against what is written.
 */
export const byCpuLimit: ReplicaNeedSource = {
  name: "cpu-limit",
  says: "with `capacity`, where the replicas that it asks for would be at the limit of their CPU: as without `capacity`",
  of: (situation, { service, target, worker }) => {
    const found = contradictionOn(worker, target.service, service, utilisationOf(situation));
    if (found === undefined) return NO_NEEDS;
    const { busy, requestsPerSecond, sustained, utilisation } = found;
    return [
      {
        count: (share) => wholeUnits(busy / (share * utilisation)),
        numbers: (needed) => ({
          requestsPerSecond: rounded(requestsPerSecond),
          capacityPerReplica: service.capacity?.requestsPerSecond ?? 0,
          atLimit: rounded(busy),
          sustained: rounded(sustained),
          utilisation,
          needed,
        }),
      },
    ];
  },
};

/** What the replicas of a service on a worker tell against its written capacity. */
export interface CapacityContradiction {
  /** Their CPU, as so many replicas at their limit. */
  readonly busy: number;
  /** Requests that failed included: those too were work. */
  readonly requestsPerSecond: number;
  /** Requests per second that a replica sustains by that, at most. */
  readonly sustained: number;
  readonly utilisation: number;
}

/** Undefined where there is no capacity, nothing to read, or nothing against it. */
export function contradictionOn(
  worker: WorkerObservation,
  name: string,
  { capacity, replicas }: ServiceConfig,
  utilisation: number,
): CapacityContradiction | undefined {
  if (capacity === undefined) return undefined;
  const busy = busyReplicas(worker, name);
  const demand = demandOn(worker, name);
  if (!busy.ok || !demand.ok || demand.value <= 0) return undefined;
  const asksFor = Math.max(1, replicas.min, wholeUnits(demand.value / (utilisation * capacity.requestsPerSecond)));
  if (busy.value < AT_LIMIT * asksFor) return undefined;
  const sustained = demand.value / busy.value;
  if (sustained >= capacity.requestsPerSecond) return undefined;
  return { busy: busy.value, requestsPerSecond: demand.value, sustained, utilisation };
}
