import type { Decision } from "../decision/decision.ts";
import type { Observation } from "../observation/observation.ts";

/** By service, replicas. */
export type Baseline = Readonly<Record<string, number>>;

/**
 * The replicas that a new worker starts with: the largest number wanted on any worker, of each service whose number is known.
 * Undefined while nothing is known to replace what is written.
 */
export function replicaBaseline(decisions: readonly Decision[], observation: Observation): Baseline | undefined {
  if (!observation.metricsReadable) return undefined;
  const largest = new Map<string, number>();
  const raise = (service: string, replicas: number) =>
    largest.set(service, Math.max(largest.get(service) ?? 0, replicas));
  for (const decision of decisions) {
    if (decision.kind === "scale-containers") raise(decision.service, decision.to);
    if (decision.kind === "hold" && decision.target.kind === "replicas")
      raise(decision.target.service, decision.current);
  }
  const known = [...largest].filter(([, replicas]) => replicas >= 1).sort();
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
