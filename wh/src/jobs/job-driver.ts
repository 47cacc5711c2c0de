import type { JobAsk, JobRun, JobRuns } from "@compose-fleet/releases";
import type { Leadership } from "../leader/ports.ts";
import { type Clock, sleep } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import type { JobOrderEnd, JobWorkers } from "./ports.ts";

const AGAIN_MS = 5_000;
/** A worker of which nothing is heard for this long after the run's time is not waited for any more. */
const SILENCE_MS = 1_800_000;

export interface JobDriverDeps {
  readonly runs: JobRuns;
  readonly workers: JobWorkers;
  readonly clock: Clock;
  readonly log: Log;
  readonly leadership: Pick<Leadership, "mandate">;
  readonly fleet: {
    /** A worker that may begin a run, other than these; undefined when there is none at the moment. */
    readonly choose: (run: Pick<JobRun, "revision">, not: ReadonlySet<string>) => string | undefined;
    /** Whether the group has this worker; undefined when it cannot be read. */
    readonly exists: (worker: string) => boolean | undefined;
    readonly onEnd: (run: JobRun) => void;
  };
}

/** What this scaler knows of a run that it drives. */
interface Drive {
  run: JobRun;
  /** Nobody else has ever told a worker of this attempt, and no order of ours was delivered. */
  isFresh: boolean;
  readonly refusedBy: Set<string>;
}

/**
 * Brings one run to its end, beside the loop. A run may start only on the worker that its record names. The record names another one only
 * after the first can never start it: because it said so, or because it was never told. So whoever is killed at any moment, no run starts
 * twice; and where a worker is gone that may have started one, the run is lost, and a person decides.
 */
export function createJobDriver(deps: JobDriverDeps) {
  const { runs, workers, clock, log, leadership, fleet } = deps;
  const mayAct = () => leadership.mandate() === "everything";

  /** Writes until the table takes it. False when the run is somebody else's by now. */
  const change = async (next: JobRun, seen: JobRun): Promise<boolean> => {
    while (mayAct()) {
      try {
        if ((await runs.change(next, seen)) === "changed") return true;
        // An answer that was lost on its way: the first try was carried out.
        const stored = await runs.read(next.job, next.id);
        return stored?.fence === next.fence && stored.state === next.state && stored.worker === next.worker;
      } catch (error) {
        log.warn({ run: next.id, job: next.job, problem: messageOf(error) }, "a run cannot be noted, trying again");
        await sleep(clock, AGAIN_MS);
      }
    }
    return false;
  };

  const end = async (drive: Drive, state: "done" | "failed" | "lost", words: string): Promise<void> => {
    const ended: JobRun = { ...drive.run, state, words, endedAtMs: clock.nowMs() };
    if (await change(ended, drive.run)) fleet.onEnd(ended);
  };

  /** The run on another worker, once there is one. False when it is somebody else's. */
  const moveOn = async (drive: Drive): Promise<boolean> => {
    while (mayAct()) {
      const worker = fleet.choose(drive.run, drive.refusedBy);
      if (worker !== undefined) {
        const next = { ...drive.run, worker };
        if (!(await change(next, drive.run))) return false;
        drive.run = next;
        drive.isFresh = true;
        return true;
      }
      // Whoever refused is asked no more, but the fleet may have become another.
      await sleep(clock, AGAIN_MS);
    }
    return false;
  };

  /** What follows from how an order ended: true when the run goes on. */
  const goOn = async (drive: Drive, worker: string, ended: JobOrderEnd): Promise<boolean> => {
    switch (ended.kind) {
      case "done":
      case "failed":
        await end(drive, ended.kind, ended.words);
        return false;
      case "lost":
        await end(drive, "lost", ended.reason);
        return false;
      case "refused":
        drive.refusedBy.add(worker);
        return moveOn(drive);
      case "undelivered":
        if (drive.isFresh) {
          drive.refusedBy.add(worker);
          return moveOn(drive);
        }
        break;
      case "unknown":
        drive.isFresh = false;
    }
    const waitedMs = clock.nowMs() - drive.run.atMs - drive.run.seconds * 1000;
    if (fleet.exists(worker) === false || waitedMs > SILENCE_MS) {
      await end(drive, "lost", `it was begun on ${worker}, which does not say how it ended: ${ended.reason}`);
      return false;
    }
    await sleep(clock, AGAIN_MS);
    return true;
  };

  /** `isFresh`: this scaler has just begun the attempt. Never throws. Returns when the run has ended, or is another scaler's. */
  return async (first: JobRun, isFresh: boolean): Promise<void> => {
    const drive: Drive = { run: first, isFresh, refusedBy: new Set() };
    while (mayAct()) {
      const { worker, job, id, attempt, seconds, revision } = drive.run;
      if (worker === undefined) return end(drive, "lost", "its record names no worker");
      const order = { worker, job, run: attempt === 1 ? id : `${id}.${attempt}`, seconds };
      const ended = await workers.run({ ...order, ...(revision && { revision }) });
      log.info({ ...order, ended }, "an order of a job ended");
      if (!(await goOn(drive, worker, ended))) return;
    }
  };
}

/** A record of a run that begins now. */
export function runOf(ask: JobAsk, worker: string, fence: number, attempt = 1): JobRun {
  const { job, id, askId, by, atMs, seconds, revision } = ask;
  return { job, id, askId, by, atMs, seconds, ...(revision && { revision }), state: "running", worker, attempt, fence };
}
