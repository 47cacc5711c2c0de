import type { Reading } from "./observation.ts";

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
