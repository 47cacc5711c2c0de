import { fleetPrefix, shortName } from "./names.ts";
import type { FleetConfig } from "./schema.ts";

/** What AWS leaves of a bucket's name when it completes it, characters. */
const PREFIX_LIMIT = 36;

type Named = Pick<FleetConfig, "name" | "environment">;

/** The bucket of revisions in a local fleet, where nobody else has one. */
export function revisionBucket(fleet: Named): string {
  return `${fleetPrefix(fleet)}-revisions`;
}

/** What the bucket's name begins with on AWS, which completes it, since it must be nobody else's in the world. `sha256` in hexadecimal. */
export function revisionBucketPrefix(fleet: Named, sha256: (text: string) => string): string {
  return `${shortName(revisionBucket(fleet), PREFIX_LIMIT, sha256)}-`;
}
