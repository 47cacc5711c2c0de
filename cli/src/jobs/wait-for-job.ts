import { CliError, type Clock, exitCodes, type Progress, pollUntil, systemClock } from "@compose-fleet/process";
import type { JobRunRequest, JobRunView, WhApi } from "@compose-fleet/wh-api";

const POLL_MS = 1_000;
/** A day: a job's own timeout is shorter, and the worker keeps it. */
const LIMIT_MS = 86_400_000;

export interface WaitForJobDeps {
  readonly scaler: Pick<WhApi, "jobs" | "runJob">;
  readonly progress: Progress;
  readonly stop: AbortSignal;
  /** Which fleet, for messages. */
  readonly words: string;
  readonly clock?: Clock;
}

/** Asks for a run of a job and waits for its end. Throws `CliError` with the job's last words when it does not end well. */
export async function waitForJob(
  { scaler, progress, stop, words, clock = systemClock }: WaitForJobDeps,
  { name, ...request }: JobRunRequest & { readonly name: string },
): Promise<JobRunView> {
  const { jobs } = await scaler.jobs();
  if (!jobs.some((job) => job.name === name))
    throw new CliError(
      `${words} has no job ${JSON.stringify(name)}${jobs.length === 0 ? ": its fleet file has none" : `: write one of ${jobs.map((job) => job.name).join(", ")}`}.`,
      exitCodes.usage,
    );
  await scaler.runJob(name, request);
  const step = progress.step(`${name} on ${words}`);
  const run = await pollUntil(
    async () => {
      const found = (await scaler.jobs()).runs.find(({ job, id }) => job === name && id === request.id);
      return found === undefined || found.state === "running" ? undefined : found;
    },
    { clock, stop, everyMs: POLL_MS, limitMs: LIMIT_MS },
  );
  if (run?.state === "done") {
    step.done(run.words ?? "done");
    return run;
  }
  step.fail(run?.state ?? "no end");
  throw new CliError(`${name} (${request.id}) on ${run?.worker ?? "no worker"}: ${run?.words ?? "it did not end"}`);
}
