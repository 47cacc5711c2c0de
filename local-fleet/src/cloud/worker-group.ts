import {
  activeInstances,
  createGroup,
  type Effect,
  type Group,
  type GroupSpec,
  instanceGone,
  instanceRunning,
  instanceShuttingDown,
  launchFailed,
  type Moment,
  type Outcome,
  retryLaunches,
  setDesired,
  terminateInstance,
} from "@compose-fleet/group-model";
import { AwsError } from "../aws/aws-error.ts";
import type { Clock } from "../clock.ts";

/** What carries out the group's effects. Both are called once per instance. */
export interface Machine {
  /** Resolves when the machine runs, before it has booted. Rejects when it cannot be launched. */
  readonly launch: (instanceId: string, zone: string) => Promise<void>;
  /** Resolves when the machine is gone; calls `onShutdown` once it no longer gets connections. Never rejects. */
  readonly terminate: (instanceId: string, onShutdown: () => void) => Promise<void>;
}

export interface WorkerGroup {
  readonly group: () => Group;
  /** Throws `AwsError` outside the bounds. */
  readonly setDesired: (desired: number) => void;
  /** Returns the id of the activity. Throws `AwsError` when refused. */
  readonly terminate: (instanceId: string, decrement: boolean) => string;
  /** Stops launching, then resolves when no effect is in flight. */
  readonly settle: () => Promise<void>;
}

export interface WorkerGroupDeps {
  readonly machine: Machine;
  readonly clock: Clock;
  readonly newId: Moment["newId"];
  /** Told about each failed launch, as a sentence. */
  readonly onProblem: (sentence: string) => void;
}

/** AWS tries again after failed launches at its own, slow pace; here at this one. */
const LAUNCH_RETRY_MS = 15_000;

/** Holds the group's state, carries out its effects on the machine and feeds back what happened. */
export function createWorkerGroup(spec: GroupSpec, deps: WorkerGroupDeps): WorkerGroup {
  const inFlight = new Set<Promise<void>>();
  const stopping = new AbortController();
  const moment = (): Moment => ({ atMs: deps.clock.now(), newId: deps.newId });
  let group: Group;

  const track = (work: Promise<void>) => {
    inFlight.add(work);
    void work.finally(() => inFlight.delete(work));
  };
  const take = (outcome: Outcome) => {
    group = outcome.group;
    if (stopping.signal.aborted) return;
    for (const effect of outcome.effects) track(carryOut(effect));
  };

  async function carryOut(effect: Effect): Promise<void> {
    const { instanceId } = effect;
    if (effect.kind === "terminate") {
      await deps.machine.terminate(instanceId, () => {
        group = instanceShuttingDown(group, instanceId);
      });
      group = instanceGone(group, instanceId, deps.clock.now());
      return;
    }
    try {
      await deps.machine.launch(instanceId, effect.zone);
      group = instanceRunning(group, instanceId, deps.clock.now());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      deps.onProblem(`launching ${instanceId} failed: ${reason}`);
      group = launchFailed(group, instanceId, reason, deps.clock.now());
      track(retryLater());
    }
  }

  async function retryLater(): Promise<void> {
    await deps.clock.sleep(LAUNCH_RETRY_MS, stopping.signal).catch(() => undefined);
    if (!stopping.signal.aborted && activeInstances(group).length < group.desired) take(retryLaunches(group, moment()));
  }

  const first = createGroup(spec, moment());
  group = first.group;
  take(first);

  return {
    group: () => group,
    setDesired: (desired) => {
      const outcome = setDesired(group, desired, moment());
      if ("refused" in outcome) throw new AwsError(outcome.refused.code, outcome.refused.message);
      take(outcome);
    },
    terminate: (instanceId, decrement) => {
      const outcome = terminateInstance(group, { instanceId, decrement }, moment());
      if ("refused" in outcome) throw new AwsError(outcome.refused.code, outcome.refused.message);
      take(outcome);
      return outcome.activityId;
    },
    settle: async () => {
      stopping.abort(new Error("the fleet is stopping"));
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}
