/** What stands where a number could not be read: never 0. */
export const UNKNOWN = "–";

/** Three digits or so: 0.42, 4.2, 42, 420, 4,200. */
export function numberText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  const digits = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return trimmed(value.toFixed(digits)).replace(/\B(?=(\d{3})+(?!\d))/g, size >= 1_000 ? "," : "");
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A share of 0 to 1 in percent. */
export function shareText(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return UNKNOWN;
  const percent = share * 100;
  return `${percent > 0 && percent < 0.1 ? "< 0.1" : trimmed(percent.toFixed(percent < 10 ? 1 : 0))} %`;
}

/** Seconds as people say them: 80 ms, 1.2 s. */
export function secondsText(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${trimmed(seconds.toFixed(seconds < 10 ? 2 : 0))} s`;
}

/** US dollars: 0.042, 4.20, 1,420. */
export function usdText(usd: number | null | undefined): string {
  if (usd === null || usd === undefined || !Number.isFinite(usd)) return UNKNOWN;
  return `${Math.abs(usd) < 1 ? usd.toFixed(3) : Math.abs(usd) < 100 ? usd.toFixed(2) : numberText(usd)} USD`;
}

/** How long something takes or has taken: 42 s, 5 min 3 s, 2 h 10 min, 3 d 2 h. Never negative. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(`${minutes} min`, seconds % 60, "s");
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return joined(`${hours} h`, minutes % 60, "min");
  return joined(`${Math.floor(hours / 24)} d`, hours % 24, "h");
}

function joined(most: string, rest: number, unit: string): string {
  return rest === 0 ? most : `${most} ${rest} ${unit}`;
}

/** Time of day where the reader is. */
export function clockText(atMs: number): string {
  const at = new Date(atMs);
  if (Number.isNaN(at.getTime())) return UNKNOWN;
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => `${part}`.padStart(2, "0")).join(":");
}

/** The day before the time of day, where it is not today's. */
export function momentText(atMs: number, nowMs: number): string {
  const [at, now] = [new Date(atMs), new Date(nowMs)];
  const isToday = at.toDateString() === now.toDateString();
  if (isToday || Number.isNaN(at.getTime())) return clockText(atMs);
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => `${part}`.padStart(2, "0")).join("-");
  return `${day} ${clockText(atMs)}`;
}
