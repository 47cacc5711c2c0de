import { createHash } from "node:crypto";

/** What AWS leaves of a bucket's name when it completes it. */
const PREFIX_LIMIT = 36;
const HASH_LENGTH = 6;

interface Named {
  readonly name: string;
  readonly environment: string;
}

/** What the name of the fleet's bucket of revisions begins with on AWS, which completes it, since it must be nobody else's in the world. */
export function revisionBucketPrefix(fleet: Named): string {
  const full = localRevisionBucket(fleet);
  if (full.length <= PREFIX_LIMIT) return `${full}-`;
  const hash = createHash("sha256").update(full).digest("hex").slice(0, HASH_LENGTH);
  return `${full.slice(0, PREFIX_LIMIT - HASH_LENGTH - 1).replace(/-+$/, "")}-${hash}-`;
}

/** The bucket's name in a local fleet, where nobody else has one. */
export function localRevisionBucket({ name, environment }: Named): string {
  return `fleet-${name}-${environment}-revisions`;
}
