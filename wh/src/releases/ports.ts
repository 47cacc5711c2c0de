import type { Deployments, RevisionStore } from "@compose-fleet/releases";

/** A branch of a Git repository. Reading changes nothing. */
export interface Branch {
  /** The commit at its tip, in hexadecimal digits. Throws a sentence when it cannot be read. */
  head(): Promise<string>;
}

/** The revisions of a bucket. Reading changes nothing; throws when it cannot be reached. */
export type RevisionsIn = (bucket: string) => Pick<RevisionStore, "newestOf">;

/** What pull mode asks of CodeDeploy. */
export type PullDeployments = Pick<Deployments, "now" | "create" | "read" | "targets" | "stop">;

/** What pull mode reads and changes outside. */
export interface PullPorts {
  readonly branch: Branch;
  readonly revisionsIn: RevisionsIn;
  readonly deployments: PullDeployments;
}

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
