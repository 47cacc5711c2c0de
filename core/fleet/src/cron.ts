import { Cron } from "croner";

// The one place that reads cron expressions: five fields, by the clock of a time zone.

const FIVE_FIELDS = 'write minute, hour, day of the month, month and day of the week, such as "0 18 * * 1-5"';

/** 1 January 2026, UTC: a fixed time, so that a file reads the same whenever it is read. */
const SOME_TIME_MS = 1_767_225_600_000;

/** Why a text is no cron expression of five fields; undefined when it is one. */
export function cronProblem(text: string): string | undefined {
  if (text.trim().split(/\s+/).length !== 5) return FIVE_FIELDS;
  try {
    cronOf(text, "UTC");
    return undefined;
  } catch (error) {
    const words = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : "";
    return `${FIVE_FIELDS} (${words})`;
  }
}

/** Why a text is no schedule of a job: no cron expression, or one that never comes. */
export function scheduleProblem(text: string): string | undefined {
  const problem = cronProblem(text);
  if (problem !== undefined) return problem;
  return nextRun(cronOf(text, "UTC"), SOME_TIME_MS) === undefined ? "never comes: no month has such a day" : undefined;
}

/** Whether there is a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** When a schedule comes next. */
export interface CronTimes {
  /** The first time after `ms`; undefined when none comes any more. Epoch milliseconds. */
  readonly next: (ms: number) => number | undefined;
}

/**
 * The times of a cron expression that has been checked. An hour that the clock leaves out gives one time right after it; in an hour that comes
 * twice `30 2 * * *` comes once, and each time of a list or a step twice.
 */
export function cronTimes(text: string, timeZone: string): CronTimes {
  const cron = cronOf(text, timeZone);
  return { next: (ms) => nextRun(cron, ms) };
}

/** Throws for what `cronProblem` finds. */
export function cronOf(pattern: string, timeZone: string): Cron {
  return new Cron(pattern.trim(), { timezone: timeZone, mode: "5-part", paused: true });
}

/** The last run at or before `atMs`. */
export function lastRun(cron: Cron, atMs: number): number {
  return cron.previousRuns(1, dateOf(Math.floor(atMs / 1000) * 1000 + 1000))[0]?.getTime() ?? Number.NEGATIVE_INFINITY;
}

/** The first run after `atMs`. */
export function nextRun(cron: Cron, atMs: number): number | undefined {
  return cron.nextRun(dateOf(atMs))?.getTime();
}

function dateOf(atMs: number) {
  // biome-ignore lint/style/noRestrictedGlobals: a given time, not the clock
  return new Date(atMs);
}
