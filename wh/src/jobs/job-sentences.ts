import type { JobRun } from "@compose-fleet/releases";

/** What people hear of a run; undefined where it is no trouble. */
export function sentenceOf({ job, id, state, words = "", worker, by, atMs }: JobRun): string | undefined {
  const name = `the job ${job}`;
  const at = new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
  switch (state) {
    case "failed":
      return `${name} (${id}, for ${by}) failed on ${worker}: ${words}`;
    case "lost":
      return `nobody knows whether ${name} (${id}, for ${by}) was carried out: ${words}. Look at what it works on; it is not begun again by itself`;
    case "missed":
      return `${name} was not begun in time, ${words}, last at ${at} UTC: no scaler led, or no worker could take it. Begin it: npx fleet jobs run ${job}`;
    case "skipped":
      return `${name} was left out at ${at} UTC: ${words}`;
    default:
      return undefined;
  }
}
