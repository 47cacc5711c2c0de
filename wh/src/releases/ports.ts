import type { DeploymentFacts } from "@compose-fleet/releases";

/** A branch of a Git repository. Reading changes nothing. */
export interface Branch {
  /** The commit at its tip, in hexadecimal digits. Throws a sentence when it cannot be read. */
  head(): Promise<string>;
}

/** The revisions of a bucket. Reading changes nothing; throws when it cannot be reached. */
export interface Revisions {
  /** Key of the newest revision for workers that was made of the commit; undefined when there is none. */
  newestOf(bucket: string, commit: string): Promise<string | undefined>;
}

/** What the workers' deployment group says of itself. */
export interface ReleasedNow {
  /** Bucket of the revision that new workers get; undefined before the first release. */
  readonly bucket?: string;
  /** Keys of the revisions that were last deployed with success, and at all; with the deployment that did it. */
  readonly succeeded?: { readonly key: string; readonly deployment: string };
  readonly attempted?: { readonly key: string; readonly deployment: string };
}

/** Deploys to the workers. All throw a sentence when AWS refuses or cannot be reached. */
export interface Deployer {
  now(): Promise<ReleasedNow>;
  /** Begins a deployment and returns its id; throws `DeployerBusyError` while another one runs. Not idempotent: look first whether it has begun. */
  begin(deployment: { readonly bucket: string; readonly key: string; readonly description: string }): Promise<string>;
  /** Undefined when there is no such deployment. */
  read(deployment: string): Promise<Pick<DeploymentFacts, "deployment" | "targets"> | undefined>;
  /** Stops it without going back. One that has ended is left alone. */
  stop(deployment: string): Promise<void>;
}

/** Another deployment to the workers is under way. */
export class DeployerBusyError extends Error {}

/** What pull mode did last, as all scalers know it. */
export interface PullRecord {
  /** The branch's commit that was acted upon; a commit that failed is not tried again. */
  readonly commit: string;
  readonly bucket: string;
  readonly key: string;
  readonly state: "deploying" | "deployed" | "failed";
  readonly deployment: string;
  /** What ran before, to go back to. */
  readonly previousKey?: string;
  /** Why it failed. */
  readonly cause?: string;
  /** How many deployments of it were begun: each worker that disappears meanwhile takes another. */
  readonly attempts: number;
  readonly atMs: number;
}

/** Remembers pull mode's last record. Throws when it cannot be reached. */
export interface PullLog {
  readPull(): Promise<PullRecord | undefined>;
  /** Overwrites the record, unless one of a higher fence is there. */
  writePull(record: PullRecord, fence: number): Promise<"written" | "superseded">;
}
