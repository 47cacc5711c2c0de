/** The share of requests that ended with 5xx, 0-1, in the minute that begins at `atMs` (epoch ms). A minute without requests has none. */
export interface ErrorShare {
  readonly atMs: number;
  readonly share: number;
}

/** What the share of 5xx says of a release. Only `too-many` takes it back. */
export type ErrorVerdict =
  | { readonly kind: "fine" }
  /** Nothing was served before, so nobody knows whether the release brings what is there now. */
  | { readonly kind: "no-baseline" }
  /** Already above the limit before: this may be the fix. */
  | { readonly kind: "high-before"; readonly before: number }
  | { readonly kind: "too-many"; readonly share: number; readonly before: number };

/** One bad minute may be chance, or hold what came before: this many in a row are no chance. */
const BAD_MINUTES = 2;
const MINUTE_MS = 60_000;

/**
 * Judges a release by shares of 5xx, in any order: the mean of those before `beganAtMs` (epoch ms) against the newest ones since.
 * Minutes that are missing, or are no number, count nowhere.
 */
export function judgeServerErrors(shares: readonly ErrorShare[], beganAtMs: number, limit: number): ErrorVerdict {
  const known = shares.filter(({ share }) => Number.isFinite(share)).sort((a, b) => a.atMs - b.atMs);
  const earlier = known.filter(({ atMs }) => atMs + MINUTE_MS <= beganAtMs);
  const since = known.filter(({ atMs }) => atMs >= beganAtMs);
  if (earlier.length === 0) return { kind: "no-baseline" };
  const before = meanOf(earlier);
  if (before > limit) return { kind: "high-before", before };
  const last = since.slice(-BAD_MINUTES);
  const isLasting = last.length === BAD_MINUTES && last.every(({ share }) => share > limit);
  return isLasting ? { kind: "too-many", share: meanOf(last), before } : { kind: "fine" };
}

function meanOf(shares: readonly ErrorShare[]): number {
  return shares.reduce((sum, { share }) => sum + share, 0) / shares.length;
}
