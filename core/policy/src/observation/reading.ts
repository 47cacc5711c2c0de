import type { Reading } from "./observation.ts";
import type { RawSignal } from "./raw.ts";

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

/** What a query of one's own says, which has to be one value: none is not zero, and of several nobody knows which is meant. */
export function signalOf(raw: RawSignal | undefined, name: string): Reading {
  if (raw === undefined) return unreadable(`the signal ${name} was not asked for`);
  if (!raw.ok) return unreadable(`the signal ${name} cannot be read: ${raw.problem}`);
  const [value, ...others] = raw.values;
  if (value === undefined) return unreadable(`the signal ${name} has no value: its query finds nothing`);
  if (others.length > 0)
    return unreadable(`the signal ${name} has ${raw.values.length} values: write a query with one, such as sum(...)`);
  return readingOf(value, `the signal ${name}`);
}
