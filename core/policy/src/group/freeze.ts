import type { Reason } from "../decision/decision.ts";
import type { GroupObservation, WorkerObservation } from "../observation/observation.ts";

/**
 * Processes of the group without which a worker that is ended is not ended after all, is not replaced, or its successor gets no traffic.
 * AWS's documents do not say whether a named worker can be ended while Terminate is suspended: so nobody tries.
 */
const NEEDED_PROCESSES: readonly string[] = ["Launch", "Terminate", "AddToLoadBalancer"];

/** Those of them that are suspended. */
export function suspendedProcesses({ suspended = [] }: GroupObservation): readonly string[] {
  return NEEDED_PROCESSES.filter((process) => suspended.includes(process));
}

/** Why no worker may be drained, ended or replaced now; `despiteBusy` for one that has been waited for long enough. */
export function frozen(group: GroupObservation, despiteBusy = false): Reason | undefined {
  const processes = suspendedProcesses(group);
  if (processes.length > 0) return { code: "process-suspended", numbers: { processes: processes.join(", ") } };
  if (group.busyWith !== undefined && !despiteBusy)
    return { code: "group-busy", numbers: { busyWith: group.busyWith } };
  return undefined;
}

/** Why nobody may leave: fewer than `needed` are known to serve without it. Counted are workers, never what was asked for. */
export function tooFewServe(serving: readonly WorkerObservation[], needed: number): Reason | undefined {
  return serving.length >= needed ? undefined : { code: "too-few-serve", numbers: { serving: serving.length, needed } };
}
