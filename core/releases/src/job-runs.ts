import type { RevisionLocation } from "./revision.ts";

/** The job that stands for all that are due before a revision is released: one run for each revision, whose name is the run's. */
export const BEFORE_RELEASE = "before-release";

/**
 * running ─► done, failed (its program ended so, or was stopped for its time), lost (nobody knows).
 * skipped: the run before went on. missed: nobody was there to begin it in time. scheduled: no run, but when its schedule was first seen.
 */
export type JobRunState = "running" | "done" | "failed" | "lost" | "skipped" | "missed" | "scheduled";

/** One run of a job. Times are epoch milliseconds. */
export interface JobRun {
  readonly job: string;
  /** A revision's name, or what begins with a time: later runs have higher ids. */
  readonly id: string;
  readonly state: JobRunState;
  /** Where it may be started, and nowhere else. */
  readonly worker?: string;
  /** Rises when a run that failed is asked for again. */
  readonly attempt: number;
  /** The wish that it answers. */
  readonly askId: string;
  readonly by: string;
  /** When it was begun or, of one by a schedule, when it was due. */
  readonly atMs: number;
  readonly endedAtMs?: number;
  /** Its last words, or why it is what it is. */
  readonly words?: string;
  readonly revision?: RevisionLocation;
  /** How long it may take. */
  readonly seconds: number;
  /** Of the scaler that answers for it: one with a lower fence changes nothing any more. */
  readonly fence: number;
  /** The schedule that it goes by, and its time zone. */
  readonly schedule?: string;
}

/** Somebody's wish for a run. */
export interface JobAsk {
  readonly job: string;
  readonly id: string;
  /** Differs for every wish: a run that failed is begun anew only for another one. */
  readonly askId: string;
  readonly by: string;
  readonly atMs: number;
  /** How long the run may take. */
  readonly seconds: number;
  readonly revision?: RevisionLocation;
  /** Also where nobody knows whether the run before was carried out. */
  readonly evenIfLost: boolean;
}

/** Wishes for runs, by whoever releases. Throws when the table cannot be reached. */
export interface JobAsks {
  /** Replaces an earlier wish for the same run. */
  ask(ask: JobAsk): Promise<void>;
  /** Takes this very wish back; one that is gone, or was replaced, is no error. */
  withdraw(ask: JobAsk): Promise<void>;
  read(job: string, id: string): Promise<JobRun | undefined>;
}

/** Everything of jobs that outlives a scaler. Reads see every write that was answered. Throws when the table cannot be reached. */
export interface JobRuns extends JobAsks {
  asked(): Promise<readonly JobAsk[]>;
  /** Writes a run that nobody has begun: of all who try, one gets "begun". */
  begin(run: JobRun): Promise<"begun" | "known">;
  /** Replaces a run, unless it is another one by now than was `seen`, or belongs to a higher fence. */
  change(run: JobRun, seen: JobRun): Promise<"changed" | "superseded">;
  /** The newest runs of a job, newest first. */
  newest(job: string, limit: number): Promise<readonly JobRun[]>;
}

/** Whether a run is over. */
export function hasEnded({ state }: Pick<JobRun, "state">): boolean {
  return state !== "running";
}

/** The id of a run by a schedule, or of one that begins now: ids order as times do. `suffix` tells apart what begins at once. */
export function runIdAt(isoTime: string, suffix = ""): string {
  const digits = isoTime.replaceAll(/[-:]|\.\d+/g, "");
  return suffix === "" ? digits : `${digits}-${suffix}`;
}
