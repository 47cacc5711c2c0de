import type { Clock } from "@compose-fleet/process";
import { messageOf } from "@compose-fleet/process";
import { type InstanceStore, isOnline } from "../cloud/instance-store.ts";
import { agentSilent, type Deployment, endEvent, isActive, startEvent } from "./deployment.ts";
import { type Diagnostics, LIFECYCLE_EVENTS, type LifecycleEventName } from "./lifecycle.ts";

/** CodeDeploy's agent on the instances. */
export interface ReleaseAgent {
  /** Carries out one event and says how it ended. Aborting kills what it runs, as a machine that dies does, and rejects. */
  readonly run: (
    instanceId: string,
    deployment: Deployment,
    event: LifecycleEventName,
    signal: AbortSignal,
  ) => Promise<Diagnostics>;
}

export interface InstanceTurnDeps {
  readonly clock: Clock;
  readonly agent: ReleaseAgent;
  readonly instances: InstanceStore;
  /** How long an agent may be silent until its instance has failed. AWS: an hour. */
  readonly silenceMs: number;
  /** Aborted when the fleet ends. */
  readonly stopping: AbortSignal;
}

/** A deployment that changes while it is carried out. */
export interface ChangingDeployment {
  readonly current: () => Deployment;
  readonly change: (step: (deployment: Deployment) => Deployment) => void;
}

/** What an instance does when it is its turn in a deployment. */
export interface InstanceTurn {
  /** All lifecycle events on one instance, until one fails, or nobody wants more. */
  readonly carryOut: (deployment: ChangingDeployment, instanceId: string) => Promise<void>;
  /** Whether nothing is heard of the instance's agent. */
  readonly isUnreachable: (instanceId: string) => boolean;
}

/** The agent asks for work about this often. */
const POLL_MS = 250;

/** The conversation with an agent: waits for it, gives it one event after the other, and takes silence for an answer in the end. */
export function createInstanceTurn({ clock, agent, instances, silenceMs, stopping }: InstanceTurnDeps): InstanceTurn {
  const isUnreachable = (instanceId: string) => {
    const instance = instances.get(instanceId);
    return !(instance?.state === "running" && isOnline(instance));
  };

  /** Undefined when the machine died under it. */
  async function runOn(
    instanceId: string,
    deployment: Deployment,
    event: LifecycleEventName,
  ): Promise<Diagnostics | undefined> {
    const death = new AbortController();
    const watch = setInterval(() => {
      const instance = instances.get(instanceId);
      if (stopping.aborted || !instance || instance.impaired || instance.state !== "running")
        death.abort(new Error(`${instanceId} is gone`));
    }, POLL_MS);
    try {
      return await agent.run(instanceId, deployment, event, death.signal);
    } catch (error) {
      if (death.signal.aborted) return undefined;
      const message = messageOf(error);
      return { errorCode: "UnknownError", scriptName: "", message, logTail: "" };
    } finally {
      clearInterval(watch);
    }
  }

  /** False when the agent has been silent for too long, or nobody wants to know any more. */
  async function whenReachable(instanceId: string, isWanted: () => boolean): Promise<boolean> {
    const sinceMs = clock.nowMs();
    for (;;) {
      if (!isWanted()) return false;
      if (!isUnreachable(instanceId)) return true;
      if (clock.nowMs() - sinceMs >= silenceMs) return false;
      await clock.sleep(POLL_MS, stopping).catch(() => undefined);
    }
  }

  return {
    isUnreachable,
    carryOut: async ({ current, change }, instanceId) => {
      const isWanted = () => !stopping.aborted && isActive(current());
      const isDue = () => isWanted() && !current().stop;
      const giveUp = () => change((deployment) => agentSilent(deployment, instanceId, clock.nowMs()));
      for (const event of LIFECYCLE_EVENTS) {
        if (!(await whenReachable(instanceId, isDue))) {
          if (isDue()) giveUp();
          return;
        }
        change((deployment) => startEvent(deployment, instanceId, event, clock.nowMs()));
        const diagnostics = await runOn(instanceId, current(), event);
        // What a dead or cut off agent cannot report has not happened, as far as CodeDeploy knows.
        const isHeard = await whenReachable(instanceId, isWanted);
        if (!diagnostics || !isHeard) {
          if (isWanted()) giveUp();
          return;
        }
        change((deployment) => endEvent(deployment, instanceId, event, diagnostics, clock.nowMs()));
      }
    },
  };
}
