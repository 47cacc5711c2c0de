import type { FleetConfig } from "@compose-fleet/fleet";
import { CliError, type Clock, InterruptedError, type Progress, pollUntil } from "@compose-fleet/process";
import { BEFORE_RELEASE, hasEnded, type JobAsk, type JobAsks, type JobRun, locationOf } from "@compose-fleet/releases";

const POLL_MS = 1_000;
/** The scaler that leads looks for wishes at each of its ticks, at the latest after `scaling.loop.idleSeconds`; a standby may first have to take over. */
const TAKEN_WITHIN_MS = 120_000;
/** What a worker may need around the jobs themselves (`wh/src/aws/ssm-jobs.ts`), and a take-over. */
const AROUND_MS = 1_500_000;

export interface BeforeReleaseDeps {
  readonly asks: JobAsks;
  readonly bucket: string;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly stop: AbortSignal;
  /** Differs each time that it is called. */
  readonly newId: () => string;
}

/** What is released, by whom. */
export interface BeforeReleaseOrder {
  readonly config: Pick<FleetConfig, "jobs">;
  readonly revision: string;
  readonly author: string;
  /** Begins them also where nobody knows whether they were carried out. */
  readonly evenIfLost: boolean;
}

/**
 * Has the jobs that are due before a revision run, once for it in all its life, and waits for their end; returns at once where there are none,
 * or where they have run. Throws `CliError` with their last words when one fails: nothing was deployed then. Interrupted, it takes the wish
 * back; a job that runs already goes on.
 */
export async function runBeforeRelease(deps: BeforeReleaseDeps, order: BeforeReleaseOrder): Promise<void> {
  const { asks, clock, progress, stop } = deps;
  const due = Object.entries(order.config.jobs).filter(([, { when }]) => when === "before-release");
  if (due.length === 0) return;
  const names = due.map(([name]) => name).join(", ");
  const ask = askOf(
    deps,
    order,
    due.reduce((sum, [, { timeout }]) => sum + timeout, 0),
  );
  const before = await asks.read(BEFORE_RELEASE, order.revision);
  if (before?.state === "done") return progress.note(`${names} ran before for ${order.revision}.`);
  if (before?.state === "lost" && !order.evenIfLost) throw new CliError(lostText(names, before));
  const step = progress.step(`Before the release: ${names}`);
  try {
    await asks.ask(ask);
    const ended = await untilEnded(deps, ask);
    if (ended.state === "done") return step.done(ended.words || "done");
    throw new CliError(ended.state === "lost" ? lostText(names, ended) : failedText(ended));
  } catch (error) {
    step.fail(error instanceof InterruptedError ? "interrupted" : "no release");
    await asks.withdraw(ask).catch(() => undefined);
    throw error;
  }

  async function untilEnded(_: unknown, { askId, job, id, seconds }: JobAsk): Promise<JobRun> {
    const askedAtMs = clock.nowMs();
    const run = await pollUntil(
      async () => {
        const seen = await asks.read(job, id);
        const isTaken = seen !== undefined && (seen.askId === askId || seen.state === "running");
        if (!isTaken && seen?.state !== "done" && clock.nowMs() - askedAtMs > TAKEN_WITHIN_MS)
          throw nobodyTakesIt(names);
        return seen !== undefined && hasEnded(seen) && (seen.askId === askId || seen.state === "done")
          ? seen
          : undefined;
      },
      { clock, stop, everyMs: POLL_MS, limitMs: seconds * 1000 + AROUND_MS },
    );
    if (run !== undefined) return run;
    throw new CliError(`${names} did not end in time: see npx fleet jobs history. Nothing was deployed.`);
  }
}

function askOf({ bucket, clock, newId }: BeforeReleaseDeps, order: BeforeReleaseOrder, seconds: number): JobAsk {
  const { revision, author, evenIfLost } = order;
  return {
    job: BEFORE_RELEASE,
    id: revision,
    askId: newId(),
    by: author,
    atMs: clock.nowMs(),
    seconds,
    revision: locationOf(bucket, "workers", revision),
    evenIfLost,
  };
}

function failedText({ words = "it said nothing", worker }: JobRun): string {
  return `No release: on ${worker}, ${words}\nNothing was deployed. Correct it and release again; the same revision may be tried again, too.`;
}

function lostText(names: string, { words = "" }: JobRun): string {
  return `No release: nobody knows whether ${names} was carried out for this revision: ${words}\nLook at what it changes. If it may run again: npx fleet release --rerun-jobs. Nothing was deployed.`;
}

function nobodyTakesIt(names: string): CliError {
  return new CliError(
    `No scaler has begun ${names} for ${TAKEN_WITHIN_MS / 1000} s: does one lead (npx fleet explain), is it of a release that knows jobs, and does a worker serve? Nothing was deployed.`,
  );
}
