import type { Clock } from "@compose-fleet/process";
import type { InstanceStore } from "../cloud/instance-store.ts";
import { AwsError } from "../refusals/aws-error.ts";
import { aftermathOf, type GroupFacts, rollsBackOn } from "./aftermath.ts";
import { type AlarmConfiguration, alarmStop, NO_ALARMS, type ReadAlarmStates } from "./alarms.ts";
import {
  begun,
  type Creator,
  createDeployment,
  type Deployment,
  type DeploymentSpec,
  isActive,
  nextTarget,
  requestStop,
  STOPPED_BY_USER,
  targetOrder,
} from "./deployment.ts";
import { createInstanceTurn, type ReleaseAgent } from "./instance-turn.ts";
import type { Revision } from "./lifecycle.ts";

export interface DeploymentsDeps {
  readonly clock: Clock;
  readonly agent: ReleaseAgent;
  readonly instances: InstanceStore;
  /** Ids of the instances in the deployment group, in service or on their way to it. */
  readonly members: () => readonly string[];
  readonly newDeploymentId: () => string;
  readonly alarmStates: ReadAlarmStates;
  readonly settings: {
    readonly autoRollback: GroupFacts["autoRollback"];
    /** How long an agent may be silent until its instance has failed. AWS: an hour. */
    readonly silenceMs: number;
  };
}

/** What can be changed about the deployment group. */
export interface DeploymentGroup {
  readonly autoRollback: GroupFacts["autoRollback"];
  readonly alarms: AlarmConfiguration;
}

type NewDeployment = Omit<DeploymentSpec, "id" | "creator" | "previousRevision" | "root" | "instanceIds">;

/** How a new instance came up; `problem` is a sentence. */
export type FirstStart = { readonly ok: true } | { readonly ok: false; readonly problem: string };

/** Deployments of one deployment group, carried out one instance after another. */
export interface Deployments {
  /** Begins a deployment to all members, with the one named first if there is one. Throws `AwsError` DeploymentLimitExceededException while another one goes on. */
  readonly create: (request: NewDeployment, first?: string) => Deployment;
  /** Throws `AwsError`; what is running now is ended first. */
  readonly stop: (id: string, rollBack: boolean | undefined) => Deployment;
  readonly get: (id: string) => Deployment | undefined;
  /** Newest first. */
  readonly list: () => readonly Deployment[];
  readonly group: () => DeploymentGroup;
  /** Counts for deployments under way, too. */
  readonly updateGroup: (change: Partial<DeploymentGroup>) => void;
  /** The revision that new instances get. */
  readonly targetRevision: () => Revision | undefined;
  /** Gives a new instance the last successful revision, or starts it plainly as long as there is none. Resolves early when aborted. */
  readonly bringUp: (
    instanceId: string,
    plainStart: () => Promise<FirstStart>,
    signal: AbortSignal,
  ) => Promise<FirstStart>;
  /** Ends everything; resolves when nothing runs any more. */
  readonly settle: () => Promise<void>;
}

type Step = (deployment: Deployment) => Deployment;

const KEPT = 200;
/** How long a deployment is only created. */
const CREATED_MS = 50;
/** AWS does not say how often it looks. */
const ALARM_POLL_MS = 100;

/** Deployments in memory; what they do to machines is the agent's. */
export function createDeployments(deps: DeploymentsDeps): Deployments {
  const { clock, instances, settings } = deps;
  const deployments = new Map<string, Deployment>();
  const given = new Map<string, Revision | undefined>();
  const lastOutcome = new Map<string, boolean>();
  const queues = new Map<string, Promise<void>>();
  const working = new Set<Promise<void>>();
  const concluded = new Set<string>();
  const stopping = new AbortController();
  let target: Revision | undefined;
  let group: DeploymentGroup = { autoRollback: settings.autoRollback, alarms: NO_ALARMS };

  const current = (id: string): Deployment => {
    const found = deployments.get(id);
    if (!found) throw new AwsError("DeploymentDoesNotExistException", `The deployment ${id} could not be found`);
    return found;
  };
  const change = (id: string, step: Step) => {
    deployments.set(id, step(current(id)));
  };
  const turn = createInstanceTurn({
    clock,
    instances,
    agent: deps.agent,
    silenceMs: settings.silenceMs,
    stopping: stopping.signal,
  });
  /** One thing at a time on each instance. */
  const inTurn = (instanceId: string, work: () => Promise<void>): Promise<void> => {
    const done = (queues.get(instanceId) ?? Promise.resolve()).then(work);
    queues.set(
      instanceId,
      done.catch(() => undefined),
    );
    return done;
  };
  const track = (work: Promise<void>) => {
    const tracked = work.catch(() => undefined).finally(() => working.delete(tracked));
    working.add(tracked);
  };

  function begin(creator: Creator, request: NewDeployment, instanceIds: readonly string[], root?: string): Deployment {
    const spec = { ...request, id: deps.newDeploymentId(), creator, previousRevision: target, instanceIds };
    const deployment = createDeployment(root === undefined ? spec : { ...spec, root }, clock.nowMs());
    deployments.set(deployment.id, deployment);
    for (const [id, each] of deployments) if (deployments.size > KEPT && !isActive(each)) deployments.delete(id);
    return deployment;
  }

  async function conduct(id: string): Promise<void> {
    const over = new AbortController();
    await clock.sleep(CREATED_MS, stopping.signal).catch(() => undefined);
    heedAlarms(id);
    change(id, (each) => begun(each, clock.nowMs()));
    track(watchAlarms(id, AbortSignal.any([over.signal, stopping.signal])));
    for (;;) {
      const next = nextTarget(current(id));
      if (!next || stopping.signal.aborted) break;
      await inTurn(next.instanceId, () => carryOut(id, next.instanceId));
    }
    over.abort();
    if (!isActive(current(id))) conclude(current(id));
  }

  async function watchAlarms(id: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(ALARM_POLL_MS, signal);
      heedAlarms(id);
    }
  }

  /** CodeDeploy's own way back asks no alarm, as it is the answer to one. Whether other automatic deployments do is not documented: the stricter answer. */
  function heedAlarms(id: string): void {
    const { creator, stop, alarms, autoRollback } = current(id);
    if (stop || creator === "codeDeployRollback") return;
    const error = alarmStop(alarms ?? group.alarms, deps.alarmStates());
    if (!error) return;
    const rollBack = rollsBackOn("DEPLOYMENT_STOP_ON_ALARM", autoRollback ?? group.autoRollback);
    change(id, (each) => requestStop(each, { rollBack, error }, turn.isUnreachable, clock.nowMs()));
  }

  async function carryOut(id: string, instanceId: string): Promise<void> {
    const deployment = { current: () => current(id), change: (step: Step) => change(id, step) };
    await turn.carryOut(deployment, instanceId);
    const status = current(id).targets.find((each) => each.instanceId === instanceId)?.status;
    lastOutcome.set(instanceId, status === "Succeeded");
    if (status === "Succeeded") given.set(instanceId, current(id).revision);
  }

  /** What follows by itself, once: whoever ends a deployment says so, and the one who carried it out notices later. */
  function conclude(deployment: Deployment): void {
    if (concluded.has(deployment.id)) return;
    concluded.add(deployment.id);
    const facts = { autoRollback: group.autoRollback, lastSuccessful: target, given: givenToMembers() };
    const aftermath = aftermathOf(deployment, facts);
    if (deployment.status === "Succeeded") target = deployment.revision;
    const { revision, fileExistsBehavior, ignoreApplicationStopFailures } = deployment;
    const again = { revision, fileExistsBehavior, ignoreApplicationStopFailures, description: deployment.description };
    if (aftermath.kind === "roll-back")
      launch(begin("codeDeployRollback", { ...again, revision: aftermath.revision }, ordered(), deployment.id));
    if (aftermath.kind === "no-rollback")
      change(deployment.id, (each) => ({ ...each, rollbackMessage: aftermath.message }));
    if (aftermath.kind === "update-outdated")
      launch(begin("CodeDeployAutoUpdate", again, aftermath.instanceIds, deployment.id));
  }

  function launch(deployment: Deployment): Deployment {
    if (isActive(deployment)) track(conduct(deployment.id));
    return deployment;
  }

  // One that still waits for its first start gets the right revision then.
  const ordered = () => targetOrder([...givenToMembers().keys()], lastOutcome);
  const givenToMembers = () => new Map(deps.members().flatMap((id) => (given.has(id) ? [[id, given.get(id)]] : [])));

  return {
    create: (request, first) => {
      const other = [...deployments.values()].find((each) => isActive(each) && each.creator !== "autoscaling");
      if (other)
        throw new AwsError(
          "DeploymentLimitExceededException",
          `The Deployment Group already has an active Deployment '${other.id}'`,
        );
      const order = ordered();
      return launch(
        begin("user", request, [...order.filter((id) => id === first), ...order.filter((id) => id !== first)]),
      );
    },
    stop: (id, rollBack) => {
      const deployment = current(id);
      if (!isActive(deployment))
        throw new AwsError("DeploymentAlreadyCompletedException", `The deployment ${id} has already completed.`);
      const stop = {
        rollBack: rollBack ?? rollsBackOn("DEPLOYMENT_STOP_ON_REQUEST", deployment.autoRollback ?? group.autoRollback),
        error: deployment.stop?.error ?? STOPPED_BY_USER,
      };
      change(id, (each) => requestStop(each, stop, turn.isUnreachable, clock.nowMs()));
      if (!isActive(current(id))) conclude(current(id));
      return current(id);
    },
    get: (id) => deployments.get(id),
    list: () => [...deployments.values()].reverse(),
    group: () => group,
    updateGroup: (change) => {
      group = { ...group, ...change };
    },
    targetRevision: () => target,
    bringUp: async (instanceId, plainStart, signal) => {
      const revision = target;
      given.set(instanceId, revision);
      if (!revision) {
        let outcome: FirstStart = { ok: false, problem: "the instance went away before it was started" };
        await inTurn(instanceId, async () => {
          outcome = await plainStart();
        });
        return outcome;
      }
      const request = {
        revision,
        description: "",
        fileExistsBehavior: "OVERWRITE",
        ignoreApplicationStopFailures: false,
      } as const;
      const { id } = begin("autoscaling", request, [instanceId]);
      const done = conduct(id);
      track(done);
      const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      await Promise.race([done, aborted]);
      if (current(id).status === "Succeeded") return { ok: true };
      const { targets, error } = current(id);
      const failed = targets[0]?.events.find((event) => event.status === "Failed")?.diagnostics;
      const why = failed?.message ?? error?.message ?? "it was not carried out";
      return { ok: false, problem: `its first deployment ${id} failed: ${why} ${failed?.logTail ?? ""}`.trim() };
    },
    settle: async () => {
      stopping.abort(new Error("the fleet is stopping"));
      while (working.size > 0) await Promise.all(working);
    },
  };
}
