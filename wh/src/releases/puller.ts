import { DeploymentActiveError, locationOf } from "@compose-fleet/releases";
import type { PullView } from "@compose-fleet/wh-api";
import { messageOf } from "../runtime/log.ts";
import { createFollower } from "./follower.ts";
import type { PullRecord } from "./ports.ts";
import { WAITS_FOR_JOBS } from "./prepare-revision.ts";
import { type PullViewInput, viewOf } from "./pull-view.ts";
import type { PullerDeps } from "./puller-deps.ts";

const LOOK_MS = 60_000;
const FOLLOW_MS = 10_000;
/** Of a commit whose jobs before the release failed. */
const NO_DEPLOYMENT = "none";

/** Brings the newest commit of a branch to the workers: GitOps by pulling. */
export interface Puller {
  start(): void;
  /** No further look; resolves when the one under way has ended. */
  stop(): Promise<void>;
  view(): PullView;
  /** One look, and what follows from it. Never throws: what went wrong is in the view. */
  look(): Promise<void>;
}

/** What the last look found in the way. */
type Findings = Pick<PullViewInput, "waitsFor" | "problem">;

/**
 * waiting ─another commit, its revision uploaded, nothing deployed by others─► deploying ─every worker has it─► deployed
 *    ▲                                                                            ├─a worker is gone─► deploying (the rest)
 *    └───────────────────────── another commit ◄── failed ◄──── a worker refuses ─┘
 * A commit that failed is not tried again, and a revision that somebody else has deployed since stays.
 */
export function createPuller(deps: PullerDeps): Puller {
  const { source, ports, clock, log, leader } = deps;
  const follow = createFollower(deps);
  let record: PullRecord | undefined;
  let head: string | undefined;
  let found: Findings = {};
  let lookedAtMs: number | undefined;
  let isRunning = false;
  let cancel = () => {};
  let current: Promise<void> = Promise.resolve();

  const keep = async (next: PullRecord, fence: number) => {
    if ((await ports.log.writePull(next, fence)) === "superseded") throw new Error("another scaler leads by now");
    record = next;
  };

  /** Begins what the branch asks for, or finds what it has to wait for. */
  const advance = async (commit: string): Promise<Findings> => {
    const now = await ports.deployments.now("workers");
    if (now.bucket === undefined) return { waitsFor: "the first release: run npx fleet release once" };
    const { bucket } = now;
    const revision = await ports.revisionsIn(bucket).newestOf("workers", commit);
    if (revision === undefined) {
      // Minutes after a push this is no fault, hours after it one: whoever reads the status knows which it is.
      const waitsFor = `a revision of ${commit.slice(0, 12)}: nobody has uploaded one yet`;
      return { waitsFor, problem: waitsFor };
    }
    const location = locationOf(bucket, "workers", revision);
    const { key } = location;
    const previousKey = now.succeeded?.key === key ? undefined : now.succeeded?.key;
    const known = { commit, bucket, key, attempts: 1, atMs: clock.nowMs(), ...(previousKey && { previousKey }) };
    // Somebody has released this very revision, or this scaler did and was stopped before it could note it.
    const begun = now.attempted?.key === key ? now.attempted.deployment : undefined;
    const prepared = begun === undefined ? await deps.prepare(location) : undefined;
    if (prepared !== undefined && "waitsFor" in prepared) return prepared;
    const summary = `${begun === undefined ? "deploy" : "follow"} ${revision}`;
    const leave = await leader.askLeave(summary);
    if ("refused" in leave) return { waitsFor: leave.refused };
    if (prepared !== undefined) {
      deps.fleet.say(`the release of ${revision} was not begun: ${prepared.refused}`, "trouble");
      await keep({ ...known, state: "failed", deployment: NO_DEPLOYMENT, cause: prepared.refused }, leave.fence);
      return {};
    }
    try {
      const description = `${revision} by pull of ${source.branch}`;
      const deployment = begun ?? (await ports.deployments.create({ kind: "workers", location, description }));
      if (begun === undefined) deps.fleet.say(`deploying ${revision} of ${source.branch}`);
      await keep({ ...known, state: "deploying", deployment }, leave.fence);
      return {};
    } catch (error) {
      if (error instanceof DeploymentActiveError) return { waitsFor: `another deployment: ${error.message}` };
      throw error;
    }
  };

  const look = async (): Promise<void> => {
    try {
      record = await ports.log.readPull();
      if (!leader.mayAct()) {
        // What it found as the leader is old news.
        head = undefined;
        found = {};
      } else {
        if (record?.state === "deploying") await follow(record, keep);
        if (record?.state === "deploying") found = {};
        else {
          head = await ports.branch.head();
          found = head === record?.commit ? {} : await advance(head);
        }
      }
    } catch (error) {
      const problem = messageOf(error);
      found = { ...found, problem };
      log.warn({ problem }, "the release branch could not be followed, trying again");
    }
    lookedAtMs = clock.nowMs();
  };
  const run = () => {
    current = look().then(() => {
      const isSoon = record?.state === "deploying" || found.waitsFor === WAITS_FOR_JOBS;
      if (isRunning) cancel = clock.after(isSoon ? FOLLOW_MS : LOOK_MS, run);
    });
  };

  return {
    look,
    start: () => {
      if (isRunning) return;
      isRunning = true;
      run();
    },
    stop: async () => {
      isRunning = false;
      cancel();
      await current;
    },
    view: () => viewOf({ source, record, head, ...found, lookedAtMs, isActing: leader.mayAct() }),
  };
}
