import type { Reason } from "../decision/decision.ts";
import type { GroupObservation, WorkerObservation } from "../observation/observation.ts";
import type { Memory } from "../situation/memory.ts";
import type { Situation } from "../situation/situation.ts";
import type { Capacity } from "./capacity.ts";
import { frozen } from "./freeze.ts";

/** Launches that failed in a row: those that AWS refused or gave up, and those whose worker never served; `except` is left out. */
function failedLaunches(
  { memory }: Pick<Situation, "memory">,
  group: GroupObservation,
  except?: string,
): { readonly count: number; readonly lastAtMs: number } {
  // One that the group calls a failed launch, too, is counted there.
  const boots = Object.entries(memory.failedBoots).filter(
    ([id]) => id !== except && !group.failedLaunchIds?.includes(id),
  );
  const atMs = [
    ...boots.map(([, failedAtMs]) => failedAtMs),
    memory.launchFailure?.seenAtMs ?? Number.NEGATIVE_INFINITY,
  ];
  return { count: group.failedLaunches + boots.length, lastAtMs: Math.max(...atMs) };
}

/** When the last failed launch was, by our own clock: AWS's may be ahead, and a wait must not become as long as the difference. */
export function launchFailureAfter(
  before: Memory["launchFailure"],
  { atMs, group }: Situation["observation"],
): Memory["launchFailure"] {
  if (!group.ok) return before;
  const reportedAtMs = group.value.lastFailedLaunchAtMs;
  if (reportedAtMs === undefined) return undefined;
  if (reportedAtMs === before?.reportedAtMs) return before;
  return { reportedAtMs, seenAtMs: Math.min(atMs, reportedAtMs) };
}

/** Why no further launch may be asked for now: wait after a failed one, give up after several in a row. */
export function launchWait(situation: Situation, group: GroupObservation, except?: string): Reason | undefined {
  const { failedLaunchLimit, failedLaunchWaitSeconds } = situation.config.scaling.workers;
  const { count, lastAtMs } = failedLaunches(situation, group, except);
  if (count >= failedLaunchLimit)
    return { code: "failed-launch-limit", numbers: { failedLaunches: count, limit: failedLaunchLimit } };
  const leftMs = failedLaunchWaitSeconds * 1000 - (situation.observation.atMs - lastAtMs);
  return count > 0 && leftMs > 0
    ? { code: "failed-launch-wait", numbers: { failedLaunches: count, secondsLeft: Math.ceil(leftMs / 1000) } }
    : undefined;
}

/**
 * How long (ms) more has been asked for than exists. A launch shows as a member seconds after it was asked for, so for a while nobody
 * knows whether it comes; lowering the desired capacity just then would let the group choose whom to end.
 */
function isMissingForGood({ config, memory, observation }: Situation): boolean {
  const sinceMs = memory.unfilledSinceMs;
  return sinceMs !== undefined && observation.atMs - sinceMs >= config.scaling.replicas.settleSeconds * 1000;
}

/** Says what AWS says about launches that do not come; for numbers of a reason. */
export function awsSays(group: GroupObservation): string {
  const suspended = group.suspended?.includes("Launch") ? ["the process Launch is suspended"] : [];
  const failed = group.launchProblem === undefined ? [] : [`the last failed launch: ${group.launchProblem}`];
  return [...suspended, ...failed].join("; ") || "AWS names no cause";
}

/**
 * What was asked for and does not exist goes first, since nobody is ended by that: the desired capacity to go down to so that `target`
 * workers are left, never below what exists. "wait" while the launch may still come; undefined when all that was asked for is there.
 */
export function withoutUnfilled(
  situation: Situation,
  { unfilled, exists }: Capacity,
  target: number,
): number | "wait" | undefined {
  if (unfilled === 0) return undefined;
  return isMissingForGood(situation) ? Math.max(exists, target) : "wait";
}

/** What is taken back: a number that does not exist, or one member by name. */
type GivenUp = { readonly to: number; readonly reason: Reason } & (
  | { readonly kind: "set-capacity" }
  | { readonly kind: "terminate-worker"; readonly worker: string }
);

/**
 * After too many failed launches nothing more is asked for, or AWS would launch for ever, paid each time: the desired capacity goes
 * down to what exists, and what the group launches by itself in place of a failed launch goes by name, without a successor.
 * Never below `atLeast`. Undefined while launches may still be tried, and when nothing is to be taken back.
 */
export function giveUpLaunches(
  situation: Situation,
  group: GroupObservation,
  { desired, exists, unfilled }: Capacity,
  atLeast: number,
): GivenUp | undefined {
  const limit = launchWait(situation, group);
  if (limit?.code !== "failed-launch-limit" || desired <= atLeast) return undefined;
  const reason: Reason = {
    code: "launches-given-up",
    numbers: { ...limit.numbers, desired, exists, awsSays: awsSays(group) },
  };
  const to = Math.max(exists, atLeast);
  if (unfilled > 0 && to < desired && isMissingForGood(situation)) return { kind: "set-capacity", to, reason };
  const again = launchedAgain(situation, group);
  // Others that are on the way out are no reason to wait: the failed launches before it are just that.
  if (!again || frozen(group)) return undefined;
  return { kind: "terminate-worker", worker: again.id, to: desired - 1, reason };
}

/**
 * One that the group launched by itself in place of a launch that failed: it does not wait, as we would. It is not in service yet, so
 * nobody is served by it. One that somebody asks for later, who may have repaired the cause, is left alone.
 */
function launchedAgain({ config }: Situation, group: GroupObservation): WorkerObservation | undefined {
  const { lastFailedLaunchAtMs: failedAtMs } = group;
  if (failedAtMs === undefined) return undefined;
  const waitMs = config.scaling.workers.failedLaunchWaitSeconds * 1000;
  return group.workers
    .filter(({ isLaunching, launchedAtMs }) => isLaunching && launchedAtMs - failedAtMs < waitMs)
    .sort((a, b) => b.launchedAtMs - a.launchedAtMs || a.id.localeCompare(b.id))[0];
}
