/** What foresight was rebuilt from. */
export interface Origin {
  /** Minutes of the last day, and of all days, that every service has. */
  readonly minutesOfDay: number;
  readonly minutes: number;
  /** What could not be read, in words. */
  readonly problem: string | undefined;
}

/** A day with fewer minutes has holes worth telling. */
const WHOLE_DAY = 1380;

/** What a decision does without, for people; undefined where a whole day was known. */
export function withoutOf(origin: Origin | undefined): string | undefined {
  if (origin === undefined) return undefined;
  const { minutes, minutesOfDay, problem } = origin;
  const because = problem === undefined ? "" : ` (${problem})`;
  if (minutes === 0) return `any history of the demand${because}`;
  return minutesOfDay < WHOLE_DAY
    ? `a whole day of history: ${minutesOfDay} of its 1440 minutes are known${because}`
    : undefined;
}
