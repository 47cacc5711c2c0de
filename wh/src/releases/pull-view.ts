import type { PullRecord } from "./ports.ts";

/** Pull mode as `/api/status` shows it. */
export interface PullView {
  readonly repository: string;
  readonly branch: string;
  /**
   * unknown: not looked yet; standby: another scaler does it; up-to-date: the branch's commit runs on all workers;
   * waiting: for `waitsFor`; deploying; failed: the branch's commit did not come up, what ran before does.
   */
  readonly state: "unknown" | "standby" | "up-to-date" | "waiting" | "deploying" | "failed";
  /** The branch's newest commit; null when it has not been read. */
  readonly commit: string | null;
  /** The revision last acted upon, and the deployment of it. */
  readonly revision: string | null;
  readonly deployment: string | null;
  readonly since: number | null;
  readonly waitsFor: string | null;
  /** Why the last look failed, that the branch's commit has no revision, or why the last release failed. */
  readonly lastError: string | null;
  readonly lookedAtMs: number | null;
}

export interface PullViewInput {
  readonly source: { readonly repository: string; readonly branch: string };
  readonly record: PullRecord | undefined;
  readonly head: string | undefined;
  readonly waitsFor?: string | undefined;
  readonly problem?: string | undefined;
  readonly lookedAtMs: number | undefined;
  readonly isActing: boolean;
}

/** Puts the view together. */
export function viewOf({ source, record, head, waitsFor, problem, lookedAtMs, isActing }: PullViewInput): PullView {
  return {
    repository: source.repository,
    branch: source.branch,
    state: stateOf(),
    commit: head ?? null,
    revision: record ? revisionOf(record.key) : null,
    deployment: record?.deployment ?? null,
    since: record?.atMs ?? null,
    waitsFor: waitsFor ?? null,
    lastError: problem ?? record?.cause ?? null,
    lookedAtMs: lookedAtMs ?? null,
  };

  function stateOf(): PullView["state"] {
    if (lookedAtMs === undefined) return "unknown";
    if (!isActing) return "standby";
    if (record?.state === "deploying") return "deploying";
    if (waitsFor !== undefined) return "waiting";
    if (record === undefined) return "unknown";
    return record.state === "failed" ? "failed" : "up-to-date";
  }
}

/** The name of the revision at a key such as `workers/NAME.tgz`. */
export function revisionOf(key: string): string {
  return key.replace(/^.*\//, "").replace(/\.tgz$/, "");
}
