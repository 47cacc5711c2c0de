import type { RevisionLocation } from "@compose-fleet/releases";

/** A run as a worker is told of it. */
export interface JobOrder {
  readonly worker: string;
  readonly job: string;
  /** Differs for each attempt: a worker starts none twice, and tells again how one ended. */
  readonly run: string;
  readonly seconds: number;
  readonly revision?: RevisionLocation;
}

/**
 * How an order ended. `refused`: this worker will never start the run, whoever asks. `undelivered`: this order started nothing, and will
 * not. `lost`: the worker cannot tell whether it ran. `unknown`: ask again, the worker knows.
 */
export type JobOrderEnd =
  | { readonly kind: "done" | "failed"; readonly words: string }
  | { readonly kind: "refused" | "undelivered" | "lost" | "unknown"; readonly reason: string };

/** Runs jobs on workers, and waits for their ends. The same order twice runs once. Never throws. */
export interface JobWorkers {
  run(order: JobOrder): Promise<JobOrderEnd>;
}
