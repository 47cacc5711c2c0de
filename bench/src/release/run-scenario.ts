import type { RollOutResult } from "@compose-fleet/cli/release";
import { CliError, pollUntil } from "@compose-fleet/process";
import { failureCauses, type Observed, type ReleaseResult } from "./result.ts";
import type { Disturbance, Scenario } from "./scenario.ts";
import type { Variant } from "./variant.ts";
import type { AnswerWatch } from "./watch-answers.ts";

/** What a scenario does to a fleet under load, and sees of it. */
export interface BenchFleet {
  /** Resolves when exactly this many workers serve, and nothing else is on its way. */
  rest(workers: number): Promise<void>;
  /** Asks for this many workers. */
  pin(workers: number): Promise<void>;
  /** Makes image and revision of a version; nothing runs it yet. */
  publish(variant: Variant): Promise<{ readonly revision: string; readonly image: string }>;
  rollOut(revision: string): Promise<RollOutResult>;
  /** The worker that a deployment is at; undefined while there is none. */
  underWay(): Promise<string | undefined>;
  /** Workers that drain. */
  draining(): Promise<number>;
  /** Kills a worker as a host that dies. */
  kill(worker: string): Promise<void>;
  /** Lets one worker believe that its disk is full; returns what undoes it. */
  fillDisk(): Promise<() => Promise<void>>;
  /** The service's images that replicas run. */
  images(): Promise<ReadonlySet<string>>;
  counts(): { readonly sent: number; readonly failed: number };
  /** What failed since then, and when, milliseconds since 1970. */
  failures(sinceMs: number): readonly { readonly cause: string; readonly failedAtMs: number }[];
  /** How many failures since then happened on killed workers. */
  failedOnKilled(sinceMs: number): Promise<number>;
  watchAnswers(): AnswerWatch;
}

export interface ScenarioDeps {
  readonly fleet: BenchFleet;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly stop: AbortSignal;
  readonly update: (text: string) => void;
  /** After this a request has its outcome, milliseconds. */
  readonly timeoutMs: number;
}

/** What runs when a scenario begins. */
export interface Running {
  readonly payload: string;
  readonly image: string;
}

const POLL_MS = 250;
const STAGE_LIMIT_MS = 180_000;
/** How long answers are watched when all is over. */
const AFTER_MS = 3_000;

/** Plays one scenario. Throws `CliError` when the fleet does not get to where the scenario begins or ends, and what the fleet throws. */
export async function runScenario(
  deps: ScenarioDeps,
  scenario: Scenario,
  running: Running,
): Promise<{ readonly result: ReleaseResult; readonly seen: Observed }> {
  const { fleet, nowMs, update } = deps;
  const { workers, variant, disturbance } = scenario;
  update(`${workers} workers`);
  await fleet.rest(workers);
  update("publishing");
  const { revision, image } = await fleet.publish(variant);
  const undo = await disturbBefore(deps, disturbance, workers);
  const answers = fleet.watchAnswers();
  try {
    const before = fleet.counts();
    const startedAtMs = nowMs();
    update("releasing");
    const [rolled] = await Promise.all([fleet.rollOut(revision), disturbMeanwhile(deps, disturbance, workers)]);
    const seconds = Math.round((nowMs() - startedAtMs) / 100) / 10;
    const answersDuring = answers.take();
    update("coming to rest");
    await fleet.rest(restOf(disturbance, workers));
    answers.take();
    await deps.sleep(AFTER_MS);
    const answersAfter = answers.take();
    // What was under way has its outcome by then.
    await deps.sleep(deps.timeoutMs + 1_000);
    const { sent, failed } = fleet.counts();
    return {
      result: {
        scenario: scenario.name,
        sent: sent - before.sent,
        failed: failed - before.failed,
        failedOnDeadWorker: disturbance === "kill a worker" ? await fleet.failedOnKilled(startedAtMs) : 0,
        causes: failureCauses(fleet.failures(startedAtMs), startedAtMs),
        seconds,
        status: rolled.status,
        cause: rolled.cause,
      },
      seen: {
        answersDuring,
        answersAfter,
        imagesAfter: await fleet.images(),
        formerPayload: running.payload,
        formerImage: running.image,
        image,
      },
    };
  } finally {
    await answers.stop();
    await undo();
  }
}

/** How many workers serve when a scenario is over. */
function restOf(disturbance: Disturbance | undefined, workers: number): number {
  if (disturbance === "scale out") return workers + 1;
  return disturbance === "scale in" ? workers - 1 : workers;
}

async function disturbBefore(deps: ScenarioDeps, disturbance: Disturbance | undefined, workers: number) {
  const { fleet } = deps;
  if (disturbance === "full disk") return fleet.fillDisk();
  if (disturbance === "scale in") {
    await fleet.pin(workers - 1);
    await until(deps, "a worker drains", async () => (await fleet.draining()) > 0);
  }
  return async () => {};
}

async function disturbMeanwhile(deps: ScenarioDeps, disturbance: Disturbance | undefined, workers: number) {
  const { fleet } = deps;
  if (disturbance !== "scale out" && disturbance !== "kill a worker") return;
  let worker: string | undefined;
  await until(deps, "the release is at a worker", async () => {
    worker = await fleet.underWay();
    return worker !== undefined;
  });
  if (disturbance === "scale out") await fleet.pin(workers + 1);
  else if (worker !== undefined) await fleet.kill(worker);
}

async function until(deps: ScenarioDeps, words: string, reached: () => Promise<boolean>) {
  const look = async () => (await reached()) || undefined;
  if (!(await pollUntil(look, { clock: deps, everyMs: POLL_MS, limitMs: STAGE_LIMIT_MS, stop: deps.stop })))
    throw new CliError(`It did not come to "${words}" within ${STAGE_LIMIT_MS / 1000} s.`);
}
