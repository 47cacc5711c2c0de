import { cronTimes, DEFAULT_TIMEZONE, type FleetConfig } from "@compose-fleet/fleet";
import type { Observation } from "@compose-fleet/policy";
import { BEFORE_RELEASE, type JobAsk, type JobRun, type JobRuns, runIdAt } from "@compose-fleet/releases";
import type { Leadership } from "../leader/ports.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import { chooseWorker } from "./choose-worker.ts";
import { dueOf } from "./due.ts";
import { createJobDriver, runOf } from "./job-driver.ts";
import { sentenceOf } from "./job-sentences.ts";
import type { JobWorkers } from "./ports.ts";

/** A tick that nobody could begin for this long is missed. */
const GRACE_MS = 300_000;
/** How often the table is asked for runs that another scaler has left. */
const RECHECK_MS = 30_000;
const LOOKED_AT = 50;

export interface JobKeeperDeps {
  readonly config: Pick<FleetConfig, "jobs">;
  readonly runs: JobRuns;
  readonly workers: JobWorkers;
  readonly clock: Clock;
  readonly log: Log;
  readonly leadership: Pick<Leadership, "mandate" | "nextFence">;
  readonly say: (line: string, weight?: "news" | "trouble") => void;
}

/** Begins the runs that are due or asked for, and brings each to its end. */
export interface JobKeeper {
  /** What the leader saw at a tick. Never waits and never throws. */
  update(observation: Observation): void;
  /** Resolves when no look at the table is under way; runs go on where they run. */
  idle(): Promise<void>;
}

/** Only the leader begins runs, under its fence; each by a conditional write, of which one wins. */
export function createJobKeeper(deps: JobKeeperDeps): JobKeeper {
  const { config, runs, clock, log, leadership, say } = deps;
  const driven = new Set<string>();
  const scheduled = Object.entries(config.jobs).flatMap(([name, job]) => {
    if (job.schedule === undefined) return [];
    return [{ name, job, times: cronTimes(job.schedule, job.timezone ?? DEFAULT_TIMEZONE) }];
  });
  /** By job: what the table said last, and when. */
  const known = new Map<string, { readonly newest: readonly JobRun[]; readonly readAtMs: number }>();
  let seen: Observation | undefined;
  let current: Promise<void> | undefined;

  const drive = createJobDriver({
    ...deps,
    fleet: {
      choose: ({ revision }, not) => seen && chooseWorker(seen, { hasRevision: revision !== undefined, not }),
      exists: (worker) => (seen?.group.ok ? seen.group.value.workers.some(({ id }) => id === worker) : undefined),
      onEnd: tell,
    },
  });
  function tell(run: JobRun): void {
    const sentence = sentenceOf(run);
    if (sentence !== undefined) say(sentence, "trouble");
  }
  /** Drives a run beside the loop, once. */
  const follow = (run: JobRun, isFresh: boolean): void => {
    const key = `${run.job}#${run.id}`;
    if (driven.has(key)) return;
    driven.add(key);
    void drive(run, isFresh).finally(() => {
      driven.delete(key);
      known.delete(run.job);
    });
  };
  /** Takes over a run that another scaler left, under the own fence. */
  const adopt = async (run: JobRun, fence: number): Promise<void> => {
    if (driven.has(`${run.job}#${run.id}`)) return;
    const own = { ...run, fence };
    if ((await runs.change(own, run)) === "changed") follow(own, false);
  };
  const choose = (revision: JobAsk["revision"]): string | undefined =>
    seen && chooseWorker(seen, { hasRevision: revision !== undefined, not: new Set() });

  /** A job never runs beside itself, whatever it is asked for. */
  const isBusy = async (job: string): Promise<boolean> => {
    if ([...driven].some((key) => key.startsWith(`${job}#`))) return true;
    // Runs before releases have no order in time; those that go on are among the wishes, and driven.
    return job !== BEFORE_RELEASE && (await runs.newest(job, LOOKED_AT)).some(({ state }) => state === "running");
  };
  const begin = async (ask: JobAsk, run: JobRun | undefined, fence: number): Promise<void> => {
    const mayGoOn = run?.state === "failed" || (run?.state === "lost" && ask.evenIfLost);
    if (run !== undefined && (run.askId === ask.askId || !mayGoOn)) return runs.withdraw(ask);
    const worker = choose(ask.revision);
    if (worker === undefined || (await isBusy(ask.job))) return;
    const next = runOf(ask, worker, fence, (run?.attempt ?? 0) + 1);
    const isOurs =
      run === undefined ? (await runs.begin(next)) === "begun" : (await runs.change(next, run)) === "changed";
    if (isOurs) follow(next, true);
  };

  const newestOf = async (job: string): Promise<readonly JobRun[]> => {
    const before = known.get(job);
    if (before !== undefined && clock.monotonicMs() - before.readAtMs < RECHECK_MS) return before.newest;
    const newest = await runs.newest(job, LOOKED_AT);
    known.set(job, { newest, readAtMs: clock.monotonicMs() });
    return newest;
  };
  const beginTick = async ({ name, job, times }: (typeof scheduled)[number], fence: number): Promise<void> => {
    const newest = await newestOf(name);
    const running = newest.find(({ state }) => state === "running");
    if (running !== undefined) await adopt(running, fence);
    const nowMs = clock.nowMs();
    const schedule = `${job.schedule} ${job.timezone ?? DEFAULT_TIMEZONE}`;
    const record = (atMs: number, change: Partial<JobRun> & Pick<JobRun, "state">): JobRun => {
      const id = runIdAt(new Date(atMs).toISOString());
      return {
        job: name,
        id,
        askId: id,
        by: "schedule",
        atMs,
        seconds: job.timeout,
        attempt: 1,
        fence,
        schedule,
        ...change,
      };
    };
    const last = newest.find((run) => run.schedule !== undefined);
    if (last?.schedule !== schedule) {
      // Times before the schedule was known are no missed ones.
      await runs.begin(record(nowMs, { state: "scheduled" }));
      known.delete(name);
      return;
    }
    const { dueAtMs, missed } = dueOf(times, last.atMs, nowMs, GRACE_MS);
    if (missed !== undefined) {
      const run = record(missed.lastMs, { state: "missed", words: `times missed: ${missed.count}` });
      if ((await runs.begin(run)) === "begun") tell(run);
      known.delete(name);
    }
    if (dueAtMs === undefined) return;
    if (running !== undefined) {
      const run = record(dueAtMs, { state: "skipped", words: `${running.id} still runs on ${running.worker}` });
      if ((await runs.begin(run)) === "begun") tell(run);
      known.delete(name);
      return;
    }
    const worker = choose(undefined);
    if (worker === undefined) return;
    const run = record(dueAtMs, { state: "running", worker });
    if ((await runs.begin(run)) === "begun") follow(run, true);
    known.delete(name);
  };

  const look = async (): Promise<void> => {
    const each = async (what: string, step: (fence: number) => Promise<void>) => {
      const fence = leadership.mandate() === "everything" ? leadership.nextFence() : undefined;
      if (fence === undefined) return;
      await step(fence).catch((error: unknown) =>
        log.warn({ job: what, problem: messageOf(error) }, "a job could not be looked after, trying again"),
      );
    };
    const asks = await runs.asked();
    const runOfAsk = new Map<JobAsk, JobRun | undefined>();
    for (const ask of asks) {
      const run = await runs.read(ask.job, ask.id);
      runOfAsk.set(ask, run);
      if (run?.state === "running") await each(ask.job, (fence) => adopt(run, fence));
    }
    for (const [ask, run] of runOfAsk)
      if (run?.state !== "running") await each(ask.job, (fence) => begin(ask, run, fence));
    for (const one of scheduled) await each(one.name, (fence) => beginTick(one, fence));
  };

  return {
    update: (observation) => {
      seen = observation;
      current ??= look()
        .catch((error: unknown) => log.warn({ problem: messageOf(error) }, "jobs cannot be read, trying again"))
        .finally(() => {
          current = undefined;
        });
    },
    idle: async () => current,
  };
}
