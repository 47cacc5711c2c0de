import { cronTimes, DEFAULT_TIMEZONE, type FleetConfig, type JobConfig } from "@compose-fleet/fleet";
import { BEFORE_RELEASE, type JobRun, type JobRuns } from "@compose-fleet/releases";
import type { JobRunAsked, JobRunView, JobsAnswer } from "@compose-fleet/wh-api";
import type { Clock } from "../runtime/clock.ts";

/** Runs of each job that are shown. */
const SHOWN = 20;

export interface JobViewsDeps {
  readonly config: Pick<FleetConfig, "jobs">;
  readonly runs: JobRuns;
  readonly clock: Pick<Clock, "nowMs">;
}

/** What the API shows and takes of jobs, on the leader and the standby alike. Throws when the table cannot be reached. */
export interface JobViews {
  jobs(): Promise<JobsAnswer>;
  /** Undefined for a job that the fleet file does not have. */
  ask(name: string, wish: { readonly id: string; readonly by: string }): Promise<JobRunAsked | undefined>;
}

/** Views of the table's runs. */
export function createJobViews({ config, runs, clock }: JobViewsDeps): JobViews {
  return {
    jobs: async () => {
      const names = Object.keys(config.jobs);
      const found = await Promise.all(
        [...names, BEFORE_RELEASE].map(async (name) => [name, await runs.newest(name, SHOWN)] as const),
      );
      const newestOf = new Map(found);
      return {
        jobs: Object.entries(config.jobs).map(([name, job]) => ({
          name,
          service: job.service,
          when: job.when ?? `${job.schedule} ${zoneOf(job)}`,
          nextAtMs: nextOf(job, clock.nowMs()),
          last: lastOf(newestOf.get(job.when ?? name) ?? []),
        })),
        runs: found
          .flatMap(([, newest]) => newest)
          .sort((a, b) => b.atMs - a.atMs)
          .map(viewOf),
      };
    },
    ask: async (name, { id, by }) => {
      const job = Object.hasOwn(config.jobs, name) ? config.jobs[name] : undefined;
      if (job === undefined) return undefined;
      await runs.ask({
        job: name,
        id,
        askId: id,
        by,
        atMs: clock.nowMs(),
        seconds: job.timeout,
        evenIfLost: false,
      });
      return { job: name, id };
    },
  };
}

function zoneOf({ timezone = DEFAULT_TIMEZONE }: JobConfig): string {
  return timezone;
}

function nextOf(job: JobConfig, nowMs: number): number | null {
  return job.schedule === undefined ? null : (cronTimes(job.schedule, zoneOf(job)).next(nowMs) ?? null);
}

function lastOf(newest: readonly JobRun[]): JobRunView | null {
  const [last] = newest.filter(({ state }) => state !== "scheduled").sort((a, b) => b.atMs - a.atMs);
  return last === undefined ? null : viewOf(last);
}

function viewOf({ job, id, state, attempt, by, atMs, worker, endedAtMs, words }: JobRun): JobRunView {
  return {
    job,
    id,
    state,
    attempt,
    by,
    atMs,
    worker: worker ?? null,
    endedAtMs: endedAtMs ?? null,
    words: words ?? null,
  };
}
