import { InvalidArgumentError } from "commander";

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const ADVICE = 'Write how long ago ("90s", "30m", "2h", "3d") or a time ("2026-03-01", "2026-03-01T22:00:00Z").';

/** A point in time, as a person says it: how long before now, or when. */
export type Since = (nowMs: number) => number;

/** Reads a point in time. For commander: throws `InvalidArgumentError`. */
export function parseSince(text: string): Since {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago !== null) {
    const [, count, unit] = ago as unknown as [string, string, keyof typeof UNITS];
    return (nowMs) => nowMs - Number(count) * UNITS[unit];
  }
  // Without a zone it would mean another time on another machine.
  const isDated = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const atMs = isDated ? Date.parse(text) : Number.NaN;
  // JavaScript takes the 31st of February for the 3rd of March.
  if (Number.isNaN(atMs) || !existsDay(text)) throw new InvalidArgumentError(ADVICE);
  return () => atMs;
}

function existsDay(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day;
}
