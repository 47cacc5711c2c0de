import type { FleetConfig } from "@compose-fleet/fleet";
import type { Decision, Observation } from "@compose-fleet/policy";

/** An action: every decision but hold. */
export type Action = Exclude<Decision, { kind: "hold" }>;

/** An action on one chosen worker of the group. */
export type WorkerAction = Extract<
  Action,
  { kind: "drain-worker" | "cancel-drain" | "terminate-worker" | "replace-worker" }
>;

/** Whether an action is about one worker as a whole. */
export function isAboutWorker(action: Decision): action is WorkerAction {
  return ["drain-worker", "cancel-drain", "terminate-worker", "replace-worker"].includes(action.kind);
}

/**
 * Whether an action takes capacity away. Ending a worker that seems dead does: it may be alive after all. Draining one that AWS is about
 * to take does not, and cannot wait.
 */
export function isScaleIn(action: Action, { group }: Pick<Observation, "group">): boolean {
  if (action.kind === "drain-worker" && isInterrupted(group, action.worker)) return false;
  return action.to < action.from || action.kind === "replace-worker";
}

/** Whether AWS has said that it takes the worker's machine in two minutes. */
function isInterrupted(group: Observation["group"], worker: string): boolean {
  return group.ok && group.value.workers.some(({ id, notice }) => id === worker && notice?.kind === "interruption");
}

/**
 * Checks every constraint before the first irreversible step, once more and apart from the policy.
 * Returns what forbids the action, or undefined. Bounds are ours and AWS's, whichever is tighter.
 */
export function preflight(action: Action, observation: Observation, config: FleetConfig): string | undefined {
  if (!observation.group.ok) return observation.group.problem;
  const { workers, min, max, suspended = [] } = observation.group.value;
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
  const worker = isAboutWorker(action) ? workers.find(({ id }) => id === action.worker) : undefined;
  // AWS takes it whatever happens: its drain waits for nobody.
  const isTaken = worker !== undefined && isInterrupted(observation.group, worker.id);
  if (action.kind === "drain-worker" && worker?.state === "in-service" && isTaken) return undefined;
  // Going towards the bounds is allowed also while the target is still outside them.
  if (action.to < lower && action.to <= action.from) return `${action.to} workers are below the minimum ${lower}`;
  if (action.to > upper && action.to >= action.from) return `${action.to} workers are above the maximum ${upper}`;
  if (action.kind === "set-capacity") {
    const existing = workers.filter(({ state, mayCount }) => state === "in-service" || state === "pending" || mayCount);
    // Below what exists the group itself would choose whom to end, and nobody would drain it.
    if (action.to < action.from && action.to < existing.length) return `${existing.length} workers exist`;
    return undefined;
  }
  if (action.kind !== "cancel-drain" && suspended.includes("Terminate"))
    return "the group's process Terminate is suspended";
  if (worker === undefined) return `${action.worker} is gone already`;
  if (worker.state === "terminating") return `${action.worker} is terminating already`;
  if (worker.state === "aside") return `${action.worker} is not the scaler's: ${worker.lifecycle ?? "set aside"}`;
  const neverServed = worker.isLaunching || (worker.state === "pending" && worker.up === false);
  if (action.kind === "terminate-worker" && !worker.draining && !neverServed) return `${action.worker} does not drain`;
  if (action.kind === "replace-worker" && isTaken && worker.draining) return undefined;
  if (action.kind === "replace-worker" && worker.up === true) return `${action.worker} answers`;
  if (action.kind === "replace-worker" && worker.up !== false) return `nobody knows whether ${action.worker} answers`;
  const other = workers.find(({ id, draining, state }) => draining && state === "in-service" && id !== action.worker);
  if (action.kind === "drain-worker" && other) return `${other.id} drains already`;
  return undefined;

  function stateOf(id: string) {
    return workers.find((worker) => worker.id === id)?.state;
  }
}
