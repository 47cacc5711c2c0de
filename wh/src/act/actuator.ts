import type { FleetConfig } from "@compose-fleet/fleet";
import { type Observation, targetKey, targetOf } from "@compose-fleet/policy";
import type { Leadership } from "../leader/ports.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import { DRY_RUN, isDryRun } from "./dry-run.ts";
import { failed, type Outcome, skipped } from "./outcome.ts";
import { createPermit } from "./permit.ts";
import type { ActionLog, DrainActions, ReplicaActions, WorkerGroupActions } from "./ports.ts";
import { type Action, isAboutWorker, isScaleIn, preflight } from "./preflight.ts";

export interface ActuatorDeps {
  readonly config: FleetConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly group: WorkerGroupActions;
  readonly replicas: ReplicaActions;
  readonly drains: DrainActions;
  readonly actions: ActionLog;
  readonly leadership: Leadership;
  /** Observe and decide, never act. */
  readonly hold: boolean;
  /** Called when the action log could not be written. */
  readonly onStateError?: () => void;
}

/** Carries decisions out without holding the loop up: never two at once for one target. */
export interface Actuator {
  /** Starts an action; the promise resolves with its outcome and never rejects. */
  submit(action: Action, id: string, observation: Observation): Promise<Outcome>;
  /** Keys of targets with an action under way. */
  inFlight(): ReadonlySet<string>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** The runner of actions: pre-flight, permit (own lease, claim in the action log), call. */
export function createActuator(deps: ActuatorDeps): Actuator {
  const running = new Map<string, Promise<Outcome>>();
  const permit = createPermit(deps);

  const run = async (action: Action, key: string, id: string, observation: Observation): Promise<Outcome> => {
    const permitted = await permit({
      target: key,
      id,
      atMs: deps.clock.nowMs(),
      summary: summaryOf(action),
      isScaleIn: isScaleIn(action, observation),
    });
    if ("refused" in permitted) return permitted.refused;
    const { fence } = permitted;
    if (action.kind === "set-capacity") return deps.group.setDesired(action.to);
    if (action.kind === "terminate-worker") return deps.group.terminate(action.worker);
    if (action.kind === "replace-worker") return deps.group.replace(action.worker);
    if (action.kind !== "scale-containers") {
      return deps.drains.setDraining({ worker: action.worker, draining: action.kind === "drain-worker", fence });
    }
    return deps.replicas.setReplicas({ worker: action.worker, service: action.service, replicas: action.to, fence });
  };

  return {
    submit: async (action, id, observation) => {
      const key = targetKey(targetOf(action));
      if (isDryRun(action, deps.config)) return skipped(DRY_RUN);
      if (deps.hold) return skipped("hold: this scaler never acts");
      if (running.has(key)) return skipped("in flight");
      const problem = preflight(action, observation, deps.config);
      if (problem) return skipped(`pre-flight: ${problem}`);
      const outcome = run(action, key, id, observation).catch((error: unknown) => failed(messageOf(error), true));
      running.set(key, outcome);
      try {
        return await outcome;
      } finally {
        running.delete(key);
      }
    },
    inFlight: () => new Set(running.keys()),
    idle: async () => {
      await Promise.all(running.values());
    },
  };
}

function summaryOf(action: Action): string {
  return isAboutWorker(action) ? `${action.kind} ${action.worker}` : `${action.from} -> ${action.to}`;
}
