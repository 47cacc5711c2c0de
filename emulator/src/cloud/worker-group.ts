import {
  activeInstances,
  cancelRefresh,
  completeLifecycleAction,
  createGroup,
  type Effect,
  enterStandby,
  exitStandby,
  type Group,
  type GroupSpec,
  instanceDeregistered,
  instanceEntersService,
  instanceGone,
  instanceInStandby,
  instanceLost,
  instanceOutOfStandby,
  instanceRunning,
  instanceShuttingDown,
  type LifecycleHook,
  type LifecycleRequest,
  type LifecycleResult,
  launchFailed,
  type Moment,
  type Outcome,
  putLifecycleHook,
  type Refusal,
  recordHeartbeat,
  resumeProcesses,
  retryLaunches,
  type ScalingProcess,
  type StandbyRequest,
  setDesired,
  setInstanceHealth,
  setProtection,
  startRefresh,
  suspendProcesses,
  terminateInstance,
  updateGroup,
  upkeep,
} from "@compose-fleet/group-model";
import type { Clock } from "@compose-fleet/process";
import { messageOf } from "@compose-fleet/process";
import { AwsError } from "../refusals/aws-error.ts";

/** What carries out the group's effects. Each is called once per instance. */
export interface Machine {
  /** Resolves when the machine runs, before it has booted. Rejects when it cannot be launched. */
  readonly launch: (instanceId: string, zone: string) => Promise<void>;
  /** Registers the machine with the load balancer: it is InService. */
  readonly enterService: (instanceId: string) => void;
  /** Deregisters a machine that goes on running; resolves when it gets no new connections. */
  readonly leaveService: (instanceId: string) => Promise<void>;
  /**
   * Deregisters the machine, waits until it gets no new connections, awaits `beforeShutdown`, shuts it down and resolves when it is
   * gone. Never rejects.
   */
  readonly terminate: (instanceId: string, beforeShutdown: () => Promise<void>) => Promise<void>;
}

/** The group's requests throw `AwsError` when AWS would refuse them; nothing has changed then. */
export interface WorkerGroup {
  readonly group: () => Group;
  readonly setDesired: (desired: number, honorCooldown?: boolean) => void;
  readonly update: (change: Parameters<typeof updateGroup>[1]) => void;
  /** Returns the id of the activity. */
  readonly terminate: (instanceId: string, decrement: boolean) => string;
  readonly suspend: (processes: readonly ScalingProcess[]) => void;
  readonly resume: (processes: readonly ScalingProcess[]) => void;
  /** Returns the ids of the activities. */
  readonly enterStandby: (request: StandbyRequest) => readonly string[];
  readonly exitStandby: (instanceIds: readonly string[]) => readonly string[];
  readonly protect: (instanceIds: readonly string[], isProtected: boolean) => void;
  readonly setHealth: (instanceId: string, healthy: boolean) => void;
  /** EC2's status checks say that the machine is dead. */
  readonly lost: (instanceId: string) => void;
  readonly putHook: (hook: LifecycleHook) => void;
  readonly completeAction: (request: LifecycleRequest & { readonly result: LifecycleResult }) => void;
  readonly heartbeat: (request: LifecycleRequest) => void;
  /** Returns the id of the refresh. */
  readonly startRefresh: () => string;
  readonly cancelRefresh: () => string;
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
const UPKEEP_MS = 250;

/** Holds the group's state, carries out its effects on the machine and feeds back what happened. */
export function createWorkerGroup(spec: GroupSpec, deps: WorkerGroupDeps): WorkerGroup {
  const { clock } = deps;
  const inFlight = new Set<Promise<void>>();
  const stopping = new AbortController();
  const moment = (): Moment => ({ atMs: clock.nowMs(), newId: deps.newId });
  let group: Group;

  const failed = (error: unknown) => deps.onProblem(`the worker group failed: ${messageOf(error)}`);
  const track = (work: Promise<void>) => {
    const tracked: Promise<void> = work.catch(failed).finally(() => inFlight.delete(tracked));
    inFlight.add(tracked);
  };
  const take = (outcome: Outcome) => {
    group = outcome.group;
    if (stopping.signal.aborted) return;
    for (const effect of outcome.effects) track(carryOut(effect));
  };
  /** Carries out what was accepted and returns the ids of the activities of these instances that it opened, oldest first. */
  const begin = (outcome: Outcome, instanceIds: readonly string[]): readonly string[] => {
    const before = new Set(group.activities.map(({ id }) => id));
    take(outcome);
    const opened = group.activities.filter((each) => !before.has(each.id) && instanceIds.includes(each.instanceId));
    return opened.map(({ id }) => id).reverse();
  };
  const pause = (ms: number) => clock.sleep(ms, stopping.signal).catch(() => undefined);

  /** Resolves when the instance waits for no lifecycle action any more, or the fleet stops. */
  async function untilAnswered(instanceId: string): Promise<void> {
    const waits = () => group.instances.find((each) => each.id === instanceId)?.state.endsWith("-wait") === true;
    while (!stopping.signal.aborted && waits()) await pause(50);
  }

  /** Registers a machine that is in service; one that was launched while AddToLoadBalancer was suspended stays outside for good. */
  function join(instanceId: string): void {
    const serves = group.instances.some((each) => each.id === instanceId && each.state === "in-service");
    if (serves && !group.suspended.includes("AddToLoadBalancer")) deps.machine.enterService(instanceId);
  }

  async function carryOut(effect: Effect): Promise<void> {
    const { instanceId } = effect;
    if (effect.kind === "leave-balancer") {
      await deps.machine.leaveService(instanceId);
      group = instanceInStandby(group, instanceId, clock.nowMs());
      return;
    }
    if (effect.kind === "join-balancer") {
      group = instanceOutOfStandby(group, instanceId, clock.nowMs());
      join(instanceId);
      return;
    }
    if (effect.kind === "terminate") {
      await deps.machine.terminate(instanceId, async () => {
        group = instanceDeregistered(group, instanceId, moment());
        await untilAnswered(instanceId);
        group = instanceShuttingDown(group, instanceId);
      });
      group = instanceGone(group, instanceId, clock.nowMs());
      return;
    }
    try {
      await deps.machine.launch(instanceId, effect.zone);
    } catch (error) {
      const reason = messageOf(error);
      deps.onProblem(`launching ${instanceId} failed: ${reason}`);
      group = launchFailed(group, instanceId, reason, clock.nowMs());
      track(retryLater());
      return;
    }
    group = instanceRunning(group, instanceId, moment());
    await untilAnswered(instanceId);
    group = instanceEntersService(group, instanceId, clock.nowMs());
    join(instanceId);
  }

  async function retryLater(): Promise<void> {
    await pause(LAUNCH_RETRY_MS);
    if (!stopping.signal.aborted && activeInstances(group).length < group.desired) take(retryLaunches(group, moment()));
  }

  async function keepUp(): Promise<void> {
    let lastProblem: string | undefined;
    while (!stopping.signal.aborted) {
      await pause(UPKEEP_MS);
      try {
        if (!stopping.signal.aborted) take(upkeep(group, moment()));
      } catch (error) {
        // It is tried again at once; saying so once is enough.
        if (messageOf(error) !== lastProblem) failed(error);
        lastProblem = messageOf(error);
      }
    }
  }

  const first = createGroup(spec, moment());
  group = first.group;
  take(first);
  track(keepUp());

  return {
    group: () => group,
    setDesired: (desired, honorCooldown = false) =>
      take(accepted(setDesired(group, desired, moment(), { honorCooldown }))),
    update: (change) => take(accepted(updateGroup(group, change, moment()))),
    terminate: (instanceId, decrement) => {
      const outcome = accepted(terminateInstance(group, { instanceId, decrement }, moment()));
      take(outcome);
      return outcome.activityId;
    },
    suspend: (processes) => {
      group = suspendProcesses(group, processes);
    },
    resume: (processes) => take(resumeProcesses(group, processes, moment())),
    enterStandby: (request) => begin(accepted(enterStandby(group, request, moment())), request.instanceIds),
    exitStandby: (instanceIds) => begin(accepted(exitStandby(group, instanceIds, moment())), instanceIds),
    protect: (instanceIds, isProtected) => {
      group = accepted(setProtection(group, instanceIds, isProtected));
    },
    setHealth: (instanceId, healthy) => {
      group = accepted(setInstanceHealth(group, instanceId, healthy));
    },
    lost: (instanceId) => take(instanceLost(group, instanceId, moment())),
    putHook: (hook) => {
      group = putLifecycleHook(group, hook);
    },
    completeAction: (request) => take(accepted(completeLifecycleAction(group, request, moment()))),
    heartbeat: (request) => {
      group = accepted(recordHeartbeat(group, request, clock.nowMs()));
    },
    startRefresh: () => {
      const outcome = accepted(startRefresh(group, moment()));
      group = outcome.group;
      return outcome.refreshId;
    },
    cancelRefresh: () => {
      const outcome = accepted(cancelRefresh(group));
      group = outcome.group;
      return outcome.refreshId;
    },
    settle: async () => {
      stopping.abort(new Error("the fleet is stopping"));
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}

function accepted<Accepted extends object>(answer: Accepted | Refusal): Accepted {
  if ("refused" in answer) throw new AwsError(answer.refused.code, answer.refused.message);
  return answer;
}
