import { LATE_MS, type Step } from "./knee.ts";
import type { Knee } from "./knee-found.ts";

/** What a replica and its worker used at a rate. Shares are 0 to 1 of their limits; null where nobody says. */
export interface Usage {
  /** Of the CPU that one replica may have. */
  readonly replicaCpu: number | null;
  /** Of the CPU of its worker, everything on it included. */
  readonly workerCpu: number | null;
  readonly memory: number | null;
}

/** What kept a replica from more. `none`: nothing was found that did. */
export type BoundKind = "cpu" | "worker-cpu" | "memory" | "slots" | "errors" | "this-machine" | "none";

export interface Bound {
  readonly kind: BoundKind;
  /** For people. */
  readonly text: string;
}

/** A share from which on there is no room left. */
const FULL = 0.85;
/** The same of memory: caches fill it without harm. */
const MEMORY_FULL = 0.95;

/** Says what bound a replica, by what was used where it bent, or at the highest rate where nothing did. */
export function boundBy(knee: Knee, usage: Usage, replicas: number): Bound {
  const { bent } = knee;
  const percent = (share: number | null) => (share === null ? "unknown" : `${Math.round(share * 100)} %`);
  if ((usage.memory ?? 0) >= MEMORY_FULL && (bent === undefined || bent.trouble === "failing"))
    return { kind: "memory", text: `memory: ${percent(usage.memory)} of its limit` };
  if ((usage.replicaCpu ?? 0) >= FULL)
    return { kind: "cpu", text: `CPU: the replica used ${percent(usage.replicaCpu)} of what it may have` };
  if ((usage.workerCpu ?? 0) >= FULL)
    return {
      kind: "worker-cpu",
      text: `CPU of its worker, ${percent(usage.workerCpu)} of which was used; by the replica ${percent(usage.replicaCpu)} of its own limit`,
    };
  if (bent === undefined) return { kind: "none", text: "nothing that was found: it had room for more" };
  if (bent.step.lagMs > LATE_MS)
    return {
      kind: "this-machine",
      text: "this machine: the load itself came late, so nothing is known of the replica",
    };
  const slots = inFlight(knee.good, replicas);
  if (bent.trouble === "failing")
    return {
      kind: "errors",
      text: `requests that failed at ${Math.round(bent.step.rps)}/s, while CPU (${percent(usage.replicaCpu)}) and memory (${percent(usage.memory)}) had room: the service's own log says why`,
    };
  return {
    kind: "slots",
    text: `slots: about ${slots} requests at once, while CPU (${percent(usage.replicaCpu)}) and memory (${percent(usage.memory)}) had room. What it waits for (a pool, a lock, a database) has no more`,
  };
}

/** Requests that one replica works on at once at this rate, by Little's law. */
export function inFlight(step: Step | undefined, replicas: number): number {
  if (step === undefined) return 0;
  return Math.max(1, Math.round((step.rps * (step.p50Ms ?? 0)) / 1000 / replicas));
}
