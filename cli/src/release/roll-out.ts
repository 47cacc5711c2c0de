import type { MachineKind } from "@compose-fleet/fleet";
import { CliError, InterruptedError } from "@compose-fleet/process";
import {
  DeploymentActiveError,
  type DeploymentOrder,
  describeRelease,
  describeRollback,
  isAutomatic,
  isUntouched,
  locationOf,
  type NextStep,
  nextStep,
  wayBackOf,
} from "@compose-fleet/releases";
import { type ErrorWatch, watchErrors } from "./error-watch.ts";
import { type FollowDeps, followDeployment, goneText } from "./follow-deployment.ts";
import { refusal, whose } from "./refusal.ts";

/** What is to run, where, and who says so. */
export interface RollOutOrder {
  readonly kind: MachineKind;
  readonly revision: string;
  /** USER@HOST. */
  readonly author: string;
  /** The revision that is left on purpose, when this is a rollback. */
  readonly backFrom?: string;
}

/** How it went. */
export interface RollOutResult {
  readonly kind: MachineKind;
  readonly revision: string;
  readonly status: "succeeded" | "failed";
  /** Why it failed. */
  readonly cause: string | null;
  /** Ids, in order: the deployment itself, further ones because of lost or new machines, the one that went back. */
  readonly deployments: readonly string[];
  /** The revision that every machine is back at after a failure; null when there was none, or when going back failed, too. */
  readonly backAt: string | null;
  /** Why going back failed, where that was tried. */
  readonly backFailure?: string;
}

/** Machines may be lost again and again; this often one revision is deployed. */
const MAX_DEPLOYMENTS = 6;
const POLL_MS = 2_000;
/** Within this time CodeDeploy has begun its own rollback of a deployment that failed. */
const OWN_ROLLBACK_MS = 20_000;
/** How long a deployment that was told to stop, or one of AWS's own for a new machine, may take. */
const IDLE_LIMIT_MS = 20 * 60_000;
/** How long a machine that was born during the deployment may take until AWS's own deployment to it begins. */
const NEWCOMER_GRACE_MS = 60_000;
const NO_RIGHT_PAST_ALARMS =
  "These credentials may not deploy past an alarm: that takes codedeploy:UpdateDeploymentGroup.";

/** The revision that the machines run by the last deployment that ended well; undefined before the first one. Throws AWS's errors. */
export async function currentRevision(deps: Pick<FollowDeps, "deployments">, kind: MachineKind) {
  const ended = await deps.deployments.recent(kind, ["Succeeded"]);
  return ended.find(({ revision }) => revision !== undefined)?.revision;
}

/** Throws `CliError` that says whose deployment is running; returns when none is. Those that AWS began for new machines are waited for. */
export async function untilIdle(deps: FollowDeps, kind: MachineKind): Promise<void> {
  const startedAtMs = deps.clock.nowMs();
  let said = false;
  for (;;) {
    const active = await deps.deployments.active(kind);
    const others = active.find((deployment) => !isAutomatic(deployment));
    if (others !== undefined) throw new CliError(refusal(others));
    const [automatic] = active;
    if (automatic === undefined) return;
    if (deps.clock.nowMs() - startedAtMs > IDLE_LIMIT_MS) throw new CliError(refusal(automatic));
    if (!said) deps.progress.note(`Waiting for AWS's own deployment to a new machine: ${whose(automatic)}`);
    said = true;
    await pause(deps);
  }
}

/**
 * Brings all machines of a kind to a revision that is in the bucket, judges each of them, and goes back by itself where one failed. A machine that is lost
 * meanwhile does not hold it up. Throws `CliError`, with nothing changed, while somebody else's deployment runs; AWS's errors.
 */
export async function rollOut(deps: FollowDeps, order: RollOutOrder): Promise<RollOutResult> {
  const { kind, revision, author } = order;
  await untilIdle(deps, kind);
  const before = await currentRevision(deps, kind);
  const ids: string[] = [];
  const description =
    order.backFrom === undefined
      ? describeRelease(revision, author)
      : describeRollback(revision, author, order.backFrom);
  // A way back asks for no share of errors: it is what ends them.
  const isWayBack = order.backFrom !== undefined;
  const errors = kind === "workers" && !isWayBack ? errorWatch(deps) : undefined;
  const what = { kind, revision, description };
  const end = await (isWayBack ? deployBack(deps, what, ids) : deploy(deps, what, ids, errors));
  const result = { kind, revision, deployments: ids };
  if (end.kind === "done") return { ...result, status: "succeeded", cause: null, backAt: null };
  const cause = causeOf(end);
  // One that was stopped here goes on until its machine's step is over.
  await endAll(deps, kind, [ids.at(-1)]);
  return { ...result, status: "failed", cause, ...(await goBack(deps, order, before, ids)) };
}

/** What is to run on which machines. */
interface Wanted extends Pick<DeploymentOrder, "kind" | "description" | "askNoAlarm"> {
  readonly revision: string;
}

/** How deploying ended. */
type End = Extract<NextStep, { kind: "done" | "failed" | "given-up" }>;

function causeOf(end: Exclude<End, { kind: "done" }>): string {
  return end.kind === "failed" ? end.cause : goneText(end.gone);
}

/** Deploys, again for the rest whenever a machine is lost, and to machines that were born meanwhile. */
async function deploy(deps: FollowDeps, what: Wanted, ids: string[], errors?: ErrorWatch): Promise<End> {
  for (let begun = 1; ; begun += 1) {
    const id = await begin(deps, what);
    ids.push(id);
    const ended = await followDeployment(deps, what.kind, id, errors);
    const step = nextStep(ended, begun, MAX_DEPLOYMENTS);
    if (step.kind === "failed") return step;
    if (step.kind === "again" || step.kind === "given-up") {
      await endAll(deps, what.kind);
      if (step.kind === "given-up") return step;
      deps.progress.note(`${goneText(step.gone)}: the rest gets the revision by a deployment of its own.`);
      continue;
    }
    if (step.kind === "wait") throw new Error("unreachable: what was followed has ended");
    const missed = await untilNewcomersHaveIt(deps, what, id, step.newcomers);
    if (missed.length === 0 || begun === MAX_DEPLOYMENTS) return step;
    deps.progress.note(
      `${missed.join(", ")} came during the deployment and ${missed.length === 1 ? "gets" : "get"} one more.`,
    );
  }
}

/** Deploys what ran before. Where an alarm of the deployment group stops it, one more goes by none: it is what ends the alarm. */
async function deployBack(deps: FollowDeps, what: Wanted, ids: string[]): Promise<End> {
  const end = await deploy(deps, what, ids);
  if (end.kind !== "failed" || end.back !== "alarm") return end;
  deps.progress.note("An alarm stopped the way back: once more, asking none.");
  try {
    return await deploy(deps, { ...what, askNoAlarm: true }, ids);
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith("AccessDenied"))) throw error;
    return { ...end, cause: `${end.cause}\n${NO_RIGHT_PAST_ALARMS}` };
  }
}

async function begin(deps: FollowDeps, { revision, ...what }: Wanted): Promise<string> {
  for (;;) {
    await untilIdle(deps, what.kind);
    try {
      return await deps.deployments.create({ ...what, location: locationOf(deps.bucket, what.kind, revision) });
    } catch (error) {
      // Somebody was quicker; or AWS itself, for a new machine.
      if (!(error instanceof DeploymentActiveError)) throw error;
      await pause(deps);
    }
  }
}

/** Goes back after a failure, unless no machine was touched; says which revision every machine runs then, null when there is none. */
async function goBack(
  deps: FollowDeps,
  { kind, revision, author }: RollOutOrder,
  before: string | undefined,
  ids: string[],
): Promise<Pick<RollOutResult, "backAt" | "backFailure">> {
  const failedId = ids.at(-1);
  const own = failedId === undefined ? undefined : await ownRollback(deps, failedId);
  if (own !== undefined) {
    ids.push(own);
    const { revision: backAt } = await deps.deployments.read(own);
    const { verdict } = await followDeployment(deps, kind, own);
    if (verdict.kind === "succeeded") return { backAt: backAt ?? null };
    if (verdict.kind === "failed") return { backAt: null, backFailure: verdict.cause };
    await endAll(deps, kind);
  } else if (before !== undefined && (await isNothingTouched(deps, ids))) return { backAt: before };
  if (before === undefined || before === revision) return { backAt: null };
  deps.progress.note(`Going back to ${before}`);
  const description = describeRollback(before, author, revision);
  const end = await deployBack(deps, { kind, revision: before, description }, ids);
  return end.kind === "done" ? { backAt: before } : { backAt: null, backFailure: causeOf(end) };
}

async function isNothingTouched({ deployments }: FollowDeps, ids: readonly string[]): Promise<boolean> {
  for (const id of ids) if (!isUntouched(await deployments.targets(id))) return false;
  return true;
}

/** The deployment by which CodeDeploy itself takes one back; none where it does not, as after "Succeeded" with a failed last machine. */
async function ownRollback(deps: FollowDeps, id: string): Promise<string | undefined> {
  const startedAtMs = deps.clock.nowMs();
  for (;;) {
    const deployment = await deps.deployments.read(id);
    if (deployment.rollbackId !== undefined) return deployment.rollbackId;
    if (wayBackOf(deployment) === "us" || deps.clock.nowMs() - startedAtMs > OWN_ROLLBACK_MS) return undefined;
    await pause(deps);
  }
}

function errorWatch({ errorShares, clock, progress }: FollowDeps): ErrorWatch | undefined {
  return errorShares && watchErrors({ read: errorShares, nowMs: clock.nowMs, progress });
}

/** Ends all that run, or those of these ids, and waits until they have ended. */
async function endAll(deps: FollowDeps, kind: MachineKind, only?: readonly (string | undefined)[]): Promise<void> {
  const startedAtMs = deps.clock.nowMs();
  for (;;) {
    const active = (await deps.deployments.active(kind)).filter(
      (deployment) => !isAutomatic(deployment) && (only?.includes(deployment.id) ?? true),
    );
    if (active.length === 0) return;
    if (deps.clock.nowMs() - startedAtMs > IDLE_LIMIT_MS) throw new CliError(refusal(active[0]));
    // Among them may be the rollback that CodeDeploy began because a machine was lost.
    for (const { id } of active) await deps.deployments.stop(id);
    await pause(deps);
  }
}

/** Waits for AWS's own deployments to machines that were born meanwhile; returns those that got none. */
async function untilNewcomersHaveIt(
  deps: FollowDeps,
  { kind, revision }: Wanted,
  id: string,
  newcomers: readonly string[],
): Promise<readonly string[]> {
  if (newcomers.length === 0) return [];
  const { createdAtMs } = await deps.deployments.read(id);
  let idleSinceMs = deps.clock.nowMs();
  for (;;) {
    const members = (await deps.members(kind)) ?? [];
    const done = new Set<string | undefined>();
    const recent = await deps.deployments.recent(kind);
    for (const deployment of recent) {
      if (deployment.revision !== revision || deployment.createdAtMs < createdAtMs) continue;
      for (const { targetId, status } of await deps.deployments.targets(deployment.id))
        if (status === "Succeeded") done.add(targetId);
    }
    const missed = newcomers.filter((newcomer) => members.includes(newcomer) && !done.has(newcomer));
    if (missed.length === 0) return [];
    if ((await deps.deployments.active(kind)).length > 0) idleSinceMs = deps.clock.nowMs();
    if (deps.clock.nowMs() - idleSinceMs > NEWCOMER_GRACE_MS) return missed;
    await pause(deps);
  }
}

async function pause({ clock, stop }: FollowDeps): Promise<void> {
  if (stop.aborted) throw new InterruptedError();
  await clock.sleep(POLL_MS);
}
