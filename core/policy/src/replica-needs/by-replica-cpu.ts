import { rounded, wholeUnits } from "../numbers/bounds.ts";
import type { Reading, WorkerObservation } from "../observation/observation.ts";
import { NO_NEEDS, type ReplicaNeedSource } from "./replica-need.ts";
import { utilisationOf } from "./utilisation.ts";

/** A service whose capacity nobody has written is sized by what its replicas use. */
export const byReplicaCpu: ReplicaNeedSource = {
  name: "replica-cpu",
  says: "without `capacity`: the CPU of the replicas, in whole replicas, / `utilisation`",
  of: (situation, { service, target, worker }) => {
    if (service.capacity !== undefined) return NO_NEEDS;
    const busy = busyReplicas(worker, target.service);
    const utilisation = utilisationOf(situation);
    return [
      {
        count: (share) => (busy.ok ? wholeUnits(busy.value / (share * utilisation)) : undefined),
        problem: cpuProblem(worker, target.service),
        numbers: (needed) => ({ busyReplicas: busy.ok ? rounded(busy.value) : 0, utilisation, needed }),
      },
    ];
  },
};

/** The CPU that the replicas of a service use on a worker, as so many replicas that use all they may. */
export function busyReplicas(worker: WorkerObservation, service: string): Reading {
  return worker.services[service]?.busyReplicas ?? { ok: false, problem: "not observed" };
}

/** Why not all of it can be read, in words. A replica that has just started has no figure yet, and may turn out busy. */
function cpuProblem(worker: WorkerObservation, service: string): string | undefined {
  const observed = worker.services[service];
  const busy = busyReplicas(worker, service);
  if (!busy.ok) return busy.problem;
  const timed = observed?.timedReplicas;
  const ready = observed?.replicasReady;
  if (!timed?.ok) return timed?.problem ?? "not observed";
  if (ready?.ok && timed.value < ready.value)
    return `the CPU of ${ready.value - timed.value} of ${ready.value} replicas of ${service} on ${worker.id} cannot be read yet`;
  return undefined;
}
