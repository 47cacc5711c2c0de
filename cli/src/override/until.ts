import { CliError, exitCodes } from "@compose-fleet/process";
import { LONGEST_OVERRIDE_SECONDS } from "@compose-fleet/wh-api";

const EXAMPLES = 'a time of day such as "22:00", or a day with it, such as "2026-12-24T22:00" or "2026-12-24T22:00Z"';

/**
 * Seconds from `nowMs` until a time that a person writes: "22:00" is the next one, on the clock of this machine, as is a day without a zone
 * behind it. Throws `CliError` (exit code 2) for what is no time, is over, or is further away than a day.
 */
export function secondsUntil(text: string, nowMs: number): number {
  const atMs = /^\d{1,2}:\d{2}$/.test(text) ? nextTimeOfDay(text, nowMs) : timeOf(text);
  if (Number.isNaN(atMs)) throw usage(`--until ${JSON.stringify(text)} is no time: write ${EXAMPLES}.`);
  const seconds = Math.ceil((atMs - nowMs) / 1000);
  if (seconds <= 0) throw usage(`--until ${text} is over: write a time that is still to come.`);
  if (seconds > LONGEST_OVERRIDE_SECONDS)
    throw usage(
      `--until ${text} is more than a day away. What is to last longer belongs into the fleet file: bounds, or schedules.`,
    );
  return seconds;
}

function nextTimeOfDay(text: string, nowMs: number): number {
  const [hour = Number.NaN, minute = Number.NaN] = text.split(":").map(Number);
  if (hour > 23 || minute > 59) return Number.NaN;
  const time = new Date(nowMs);
  time.setHours(hour, minute, 0, 0);
  if (time.getTime() <= nowMs) time.setDate(time.getDate() + 1);
  return time.getTime();
}

/** Of a day that is none, such as 30 February, the standard makes one of the next month. */
function timeOf(text: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  const [, year, month, day] = (match ?? []).map(Number);
  const isDay = new Date(Date.UTC(year ?? Number.NaN, (month ?? 0) - 1, day)).getUTCDate() === day;
  return match && isDay ? Date.parse(text) : Number.NaN;
}

function usage(message: string): CliError {
  return new CliError(message, exitCodes.usage);
}
