import { Slots } from "./slots.ts";
import { type Trace, TraceError } from "./trace.ts";

const HEADER = "timestamp,requests_per_second";
/** No line of a trace is longer: a file of another kind is found at its first line, not after a gigabyte. */
const LONGEST_LINE = 200;
/** Epoch seconds until the year 5138; beyond, they are milliseconds. */
const LATEST_SECONDS = 1e11;
/** More requests per second than this are of another unit. */
const LARGEST_RATE = 1e9;

/**
 * Reads a trace as it comes, line by line, so that a file larger than memory is fine: `timestamp,requests_per_second`, epoch seconds,
 * start of the slot, missing slots left out. Throws `TraceError` with the line's number at the first line that is wrong.
 */
export async function readTrace(name: string, chunks: AsyncIterable<string>): Promise<Trace> {
  const slots = new Slots(name);
  let line = 0;
  let rest = "";
  let hasEnded = false;
  const take = (raw: string) => {
    line++;
    const text = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (text.length > LONGEST_LINE) throw tooLong(name, line);
    if (line === 1) checkHeader(name, text.replace(/^\uFEFF/, ""));
    else if (text.trim() === "") hasEnded = true;
    else if (hasEnded) throw new TraceError(name, "the line before is empty: remove it", line);
    else addRow(slots, name, line, text);
  };
  for await (const chunk of chunks) {
    const text = rest + chunk;
    let from = 0;
    for (let to = text.indexOf("\n"); to >= 0; to = text.indexOf("\n", from)) {
      take(text.slice(from, to));
      from = to + 1;
    }
    rest = text.slice(from);
    if (rest.length > LONGEST_LINE) throw tooLong(name, line + 1);
  }
  if (rest !== "") take(rest);
  if (line === 0) throw new TraceError(name, `is empty: its first line is ${HEADER}`);
  return slots.end();
}

function tooLong(name: string, line: number): TraceError {
  return new TraceError(name, `is longer than ${LONGEST_LINE} characters: is it a trace (${HEADER})?`, line);
}

function checkHeader(name: string, text: string): void {
  if (text.replaceAll(" ", "") === HEADER) return;
  throw new TraceError(name, `got "${shortened(text)}": the first line is ${HEADER}, and rows are in these units`, 1);
}

function addRow(slots: Slots, name: string, line: number, text: string): void {
  const comma = text.indexOf(",");
  if (comma < 0 || text.indexOf(",", comma + 1) >= 0)
    throw new TraceError(name, `got "${shortened(text)}": write two columns, ${HEADER}`, line);
  const time = text.slice(0, comma).trim();
  const seconds = numberOf(time);
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new TraceError(name, `got the time "${shortened(time)}": write epoch seconds, such as 1700158620`, line);
  if (seconds >= LATEST_SECONDS)
    throw new TraceError(name, `got the time ${shortened(time)}: that is milliseconds or less, write seconds`, line);
  const value = text.slice(comma + 1).trim();
  const rate = numberOf(value);
  if (!Number.isFinite(rate))
    throw new TraceError(
      name,
      `got "${shortened(value)}" requests per second: write a number, or leave the row out if it is not known`,
      line,
    );
  if (rate < 0) throw new TraceError(name, `got ${value} requests per second: it cannot be negative`, line);
  if (rate > LARGEST_RATE) throw new TraceError(name, `got ${value} requests per second: is it in another unit?`, line);
  slots.add(line, seconds, rate);
}

/** A decimal number; NaN for anything else, such as nothing or hexadecimal digits. */
function numberOf(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

function shortened(text: string): string {
  const plain = text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, "?");
  return plain.length > 60 ? `${plain.slice(0, 60)}…` : plain;
}
