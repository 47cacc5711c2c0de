import type { MachineKind } from "@compose-fleet/fleet";

/** Where revisions are kept: a bucket. Every method throws AWS's errors. */
export interface RevisionStore {
  /** Keeps an archive under its name, once: one that is there stays as it is. */
  put(kind: MachineKind, revision: string, archive: Buffer): Promise<"created" | "there already">;
  has(kind: MachineKind, revision: string): Promise<boolean>;
  get(kind: MachineKind, revision: string): Promise<Buffer>;
  /** The newest, newest first. */
  newest(kind: MachineKind, count: number): Promise<readonly string[]>;
  /** The newest that was made of the commit; undefined when there is none. One commit has several when it was rendered from several fleet files. */
  newestOf(kind: MachineKind, commit: string): Promise<string | undefined>;
}
