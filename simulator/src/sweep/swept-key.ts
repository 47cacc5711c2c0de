/** A key and the values that are tried. */
export interface SweptKey {
  readonly key: string;
  readonly values: readonly string[];
}

/** What was asked for is no sweep: what was got, and what to write. */
export class SweepError extends Error {
  override readonly name = "SweepError";
}

/** Values of a range where nobody says how many. */
const USUAL_VALUES = 5;
/** Each combination of values is a run, and a run of two months takes a while. */
const MOST_RUNS = 200;

/** Reads `key=from..to`, `key=from..to/COUNT` or `key=one,another`. Throws `SweepError`. */
export function sweptKey(text: string): SweptKey {
  const [, key, written] = /^([A-Za-z][\w-]*(?:\.[\w-]+)+)=(.+)$/.exec(text) ?? [];
  if (key === undefined || written === undefined)
    throw new SweepError(`Got "${text}": write KEY=FROM..TO, such as scaling.headroom=0.6..0.95.`);
  const range = /^(-?[\d.]+)\.\.(-?[\d.]+)(?:\/(\d+))?$/.exec(written);
  const values = range ? valuesBetween(text, range) : written.split(",").map((value) => value.trim());
  if (values.length < 2 || values.includes(""))
    throw new SweepError(`Got "${text}": write two values or more, such as ${key}=0.6..0.95 or ${key}=0.6,0.8.`);
  return { key, values: [...new Set(values)] };
}

/** Every combination of the values, as `KEY=VALUE` pairs. Throws `SweepError` where there are too many, or a key is there twice. */
export function sweptPairs(keys: readonly SweptKey[]): readonly (readonly string[])[] {
  const twice = keys.find(({ key }, index) => keys.findIndex((other) => other.key === key) < index);
  if (twice) throw new SweepError(`${twice.key} is swept twice: write all of its values in one.`);
  const count = keys.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_RUNS) throw new SweepError(`These are ${count} runs, and ${MOST_RUNS} is the most: sweep less.`);
  return keys.reduce<readonly (readonly string[])[]>(
    (pairs, { key, values }) => pairs.flatMap((before) => values.map((value) => [...before, `${key}=${value}`])),
    [[]],
  );
}

function valuesBetween(text: string, [, first = "", last = "", count]: RegExpExecArray): readonly string[] {
  const from = Number(first);
  const to = Number(last);
  if (!Number.isFinite(from) || !Number.isFinite(to) || from >= to)
    throw new SweepError(`Got "${text}": the first number has to be below the last one.`);
  // From 0 to 1 there are shares.
  const isWhole = Number.isInteger(from) && Number.isInteger(to) && to - from > 1;
  const wanted = count === undefined ? USUAL_VALUES : Number(count);
  const steps = (isWhole ? Math.min(wanted, to - from + 1) : wanted) - 1;
  if (steps < 1) throw new SweepError(`Got "${text}": two values are the least.`);
  if (steps >= MOST_RUNS) throw new SweepError(`Got "${text}": ${MOST_RUNS} values are the most.`);
  return Array.from({ length: steps + 1 }, (_, step) => {
    const value = from + ((to - from) * step) / steps;
    return `${isWhole ? Math.round(value) : Number(value.toPrecision(6))}`;
  });
}
