import type { Reading } from "@compose-fleet/policy";
import type { QueryResult } from "./metrics-reader.ts";

/** A number as a reading: NaN, infinite and negative ones are not ok. */
export function readingOf(value: number, what: string): Reading {
  if (Number.isNaN(value)) return unreadable(`${what} is NaN`);
  if (!Number.isFinite(value)) return unreadable(`${what} is infinite`);
  if (value < 0) return unreadable(`${what} is negative (${value})`);
  return { ok: true, value };
}

/** A reading that could not be made, and why. */
export function unreadable(problem: string): Reading {
  return { ok: false, problem };
}

/** Finds samples by labels; `undefined` when there is none. */
export interface SampleTable {
  readonly problem?: string;
  find(...labels: readonly string[]): number | undefined;
  /** Values whose first label is `first`. */
  startingWith(first: string): readonly number[];
}

/** Indexes a query's samples by the values of `labels`, in that order. */
export function tableOf(result: QueryResult, labels: readonly string[]): SampleTable {
  if (!result.ok) return { problem: result.problem, find: () => undefined, startingWith: () => [] };
  const values = new Map<string, number>();
  const byFirst = new Map<string, number[]>();
  for (const sample of result.samples) {
    const path = labels.map((label) => sample.labels[label] ?? "");
    values.set(JSON.stringify(path), sample.value);
    const first = path[0] ?? "";
    byFirst.set(first, [...(byFirst.get(first) ?? []), sample.value]);
  }
  return {
    find: (...path) => values.get(JSON.stringify(path)),
    startingWith: (first) => byFirst.get(first) ?? [],
  };
}
