import type { Decision, FleetConfig, Observation } from "@compose-fleet/policy";

/** An action: every decision but hold. */
export type Action = Exclude<Decision, { kind: "hold" }>;

/** Whether an action takes capacity away. */
export function isScaleIn(action: Action): boolean {
  return action.to < action.from;
}

/**
 * Checks every constraint before the first irreversible step, once more and apart from the policy.
 * Returns what forbids the action, or undefined. Bounds are ours and AWS's, whichever is tighter.
 */
export function preflight(action: Action, observation: Observation, config: FleetConfig): string | undefined {
  if (!observation.group.ok) return observation.group.problem;
  const { workers, min, max } = observation.group.value;
  if (!Number.isInteger(action.to)) return `${action.to} is no whole number`;
  if (action.kind === "scale-containers") {
    const bounds = config.services[action.service]?.replicas;
    if (!bounds) return `unknown service ${action.service}`;
    if (action.to < bounds.min || action.to > bounds.max) {
      return `${action.to} replicas are outside ${bounds.min} to ${bounds.max}`;
    }
    return stateOf(action.worker) === "in-service" ? undefined : `${action.worker} is not in service`;
  }
  const lower = Math.max(config.workers.min, min);
  const upper = Math.min(config.workers.max, max);
  // Going towards the bounds is allowed also while the target is still outside them.
  if (action.to < lower && action.to <= action.from) return `${action.to} workers are below the minimum ${lower}`;
  if (action.to > upper && action.to >= action.from) return `${action.to} workers are above the maximum ${upper}`;
  if (action.kind === "set-capacity") return undefined;
  const state = stateOf(action.worker);
  if (state === undefined) return `${action.worker} is gone already`;
  return state === "terminating" ? `${action.worker} is terminating already` : undefined;

  function stateOf(id: string) {
    return workers.find((worker) => worker.id === id)?.state;
  }
}
