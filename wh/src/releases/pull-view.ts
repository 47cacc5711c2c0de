import type { PullView } from "@compose-fleet/wh-api";
import type { PullRecord } from "./ports.ts";

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
