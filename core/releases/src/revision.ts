import type { MachineKind } from "@compose-fleet/fleet";
import { z } from "zod";

/** The folders that become revisions. */
export const stackFolders: Readonly<Record<MachineKind, string>> = {
  workers: "stack-worker",
  monitoring: "stack-prometheus",
};

/** Where a revision says what it is. */
export const revisionFile = "revision.json";

const revisionSchema = z.object({
  revision: z.string(),
  commit: z.string(),
  subject: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  /** Full references, by the image's name. */
  images: z.record(z.string(), z.string()),
  /** Copies of images of others, by the reference that the compose files name. Revisions from before have none. */
  thirdParty: z.record(z.string(), z.string()).default({}),
});

/** What a revision says about itself. */
export type RevisionInfo = z.output<typeof revisionSchema>;

/** Reads `revision.json`. Throws when it is something else. */
export function parseRevisionInfo(text: string): RevisionInfo {
  return revisionSchema.parse(JSON.parse(text));
}

const shortCommitLength = 12;
const revisionPattern = /^[0-9a-f]{12}-[0-9a-f]{12}$/;

/** The commit as it is in names: its first 12 digits. */
export function shortCommit(commit: string): string {
  return commit.slice(0, shortCommitLength);
}

/** Name of a revision: the commit and what is in it. */
export function revisionName(commit: string, treeHash: string): string {
  return `${shortCommit(commit)}-${treeHash}`;
}

/** Whether a text has the form of a revision's name. */
export function isRevisionName(text: string): boolean {
  return revisionPattern.test(text);
}

/** Where a revision lies in the bucket. */
export function revisionKey(kind: MachineKind, revision: string): string {
  return `${kind}/${revision}.tgz`;
}

/** An archive of a revision, or of what somebody else deploys. */
export interface RevisionLocation {
  readonly bucket: string;
  readonly key: string;
}

/** The archive of a revision in a bucket. */
export function locationOf(bucket: string, kind: MachineKind, revision: string): RevisionLocation {
  return { bucket, key: revisionKey(kind, revision) };
}

/** The revision that lies at a key; undefined when that is something else. */
export function revisionOfKey(key: string): string | undefined {
  const name = /^(?:workers|monitoring)\/(.+)\.tgz$/.exec(key)?.[1];
  return name !== undefined && isRevisionName(name) ? name : undefined;
}
