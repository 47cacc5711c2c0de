import { InvalidArgumentError } from "commander";

/** Reads a number of seconds, 0 to a day, written as "90", "90s", "2m" or "1m30s". For commander: throws `InvalidArgumentError`. */
export function parseSeconds(text: string): number {
  const match = /^(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$/.exec(text);
  const seconds = match === null ? Number.NaN : 60 * Number(match[1] ?? 0) + Number(match[2] ?? 0);
  if (text === "" || Number.isNaN(seconds) || seconds > 86_400)
    throw new InvalidArgumentError('Write a time such as "90s" or "2m", at most a day.');
  return seconds;
}

/** Reads seconds of a time up to a day that may have hours, such as "2h", "1h30m" or "45m". For commander: throws `InvalidArgumentError`. */
export function parseDuration(text: string): number {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  const [hours, minutes, seconds] = (match ?? []).slice(1).map((part) => Number(part ?? 0));
  const total = 3600 * (hours ?? 0) + 60 * (minutes ?? 0) + (seconds ?? 0);
  if (total > 0 && total <= 86_400) return total;
  throw new InvalidArgumentError('Write a time such as "2h", "1h30m" or "45m", at most a day.');
}

/** Reads a rate in requests per second, 0 to 20,000. For commander: throws `InvalidArgumentError`. */
export function parseRate(text: string): number {
  const rate = decimal(text);
  if (Number.isNaN(rate) || rate > 20_000) {
    throw new InvalidArgumentError("Write requests per second, 0 to 20000.");
  }
  return rate;
}

/** Reads a rate above 0, up to 20,000 requests per second. For commander: throws `InvalidArgumentError`. */
export function parsePositiveRate(text: string): number {
  const rate = decimal(text);
  if (rate > 0 && rate <= 20_000) return rate;
  throw new InvalidArgumentError("Write requests per second, more than 0 and up to 20000.");
}

/** Reads a TCP port. For commander: throws `InvalidArgumentError`. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new InvalidArgumentError("Write a port, 1 to 65535.");
  return port;
}

/** Reads a count from 1 to 1,000. For commander: throws `InvalidArgumentError`. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 1_000)
    throw new InvalidArgumentError("Write a whole number, 1 to 1000.");
  return count;
}

/** Reads the path of an address, such as "/api/hello". For commander: throws `InvalidArgumentError`. */
export function parseUrlPath(text: string): string {
  if (/^\/[!-~]*$/.test(text) && !text.startsWith("//")) return text;
  throw new InvalidArgumentError('Write a path such as "/api/hello", without spaces.');
}

/** A number as people write one; NaN for everything else that `Number` would take, such as "0x10", " 5 " or "1e3". */
function decimal(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
