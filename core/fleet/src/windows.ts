import { cronOf, lastRun, nextRun } from "./cron.ts";

// Which of a schedule's windows holds, as a pure function of the time: so that a restart, a take-over or a clock that is set changes nothing.

/** When a schedule holds: from each run of `from` until the next run of `to`, on the clock of `timezone`. */
export interface WindowRule {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
}

/** What is looked at to tell whether two rules ever meet: so many windows of each, beginning here (2026-01-01). */
const LOOKED_AT = 60;
const LOOK_FROM_MS = 1_767_225_600_000;

/** Whether a window holds at a time, and when that changes next. Epoch milliseconds. */
export interface WindowState {
  readonly holds: boolean;
  /** Unset: never again. */
  readonly changesAtMs: number | undefined;
}

/** The state at `atMs`. A time that the clock skips begins right after the gap; one that it repeats counts at its first coming. */
export function windowState({ from, to, timezone }: WindowRule, atMs: number): WindowState {
  const begins = cronOf(from, timezone);
  const ends = cronOf(to, timezone);
  const holds = lastRun(begins, atMs) > lastRun(ends, atMs);
  return { holds, changesAtMs: nextRun(holds ? ends : begins, atMs) };
}

/** Why a rule is of no use; undefined when it begins and ends. */
export function windowProblem(rule: WindowRule): { readonly key: "from" | "to"; readonly message: string } | undefined {
  const { from, to, timezone } = rule;
  const startMs = nextRun(cronOf(from, timezone), LOOK_FROM_MS);
  if (startMs === undefined) return { key: "from", message: "never comes: no month has such a day" };
  if (nextRun(cronOf(to, timezone), startMs) === undefined)
    return { key: "to", message: "never comes: write the number into the bounds themselves" };
  if (windowsOf(rule, 1).length === 0)
    return { key: "to", message: "comes whenever from does: the window is always empty" };
  return undefined;
}

/** When two rules first hold at once, epoch milliseconds; undefined when no two of their next windows meet. */
export function firstMeeting(a: WindowRule, b: WindowRule): number | undefined {
  const meetings = [meetingOf(a, b), meetingOf(b, a)].filter((atMs) => atMs !== undefined);
  return meetings.length === 0 ? undefined : Math.min(...meetings);
}

/** The first time at which a window of `rule` begins inside one of `other`. */
function meetingOf(rule: WindowRule, other: WindowRule): number | undefined {
  return windowsOf(rule, LOOKED_AT).find(({ startMs }) => windowState(other, startMs).holds)?.startMs;
}

/** The next windows from the reference time on; those that are empty, such as in the hour that a clock skips, are none. */
function windowsOf(rule: WindowRule, count: number): { readonly startMs: number }[] {
  const begins = cronOf(rule.from, rule.timezone);
  const windows: { startMs: number }[] = [];
  let atMs = nextRun(begins, LOOK_FROM_MS);
  for (let tried = 0; atMs !== undefined && windows.length < count && tried < LOOKED_AT; tried++) {
    if (windowState(rule, atMs).holds) windows.push({ startMs: atMs });
    atMs = nextRun(begins, atMs);
  }
  return windows;
}
