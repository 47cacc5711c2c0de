/** Requests per second at a time (epoch ms), mean over `SAMPLE_MS` before it. */
interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** The samples of the last minutes, oldest first. */
export type Recent = readonly Sample[];

/** What one sample is the mean of: `scaling.metrics.rateWindowSeconds` by default. */
const SAMPLE_MS = 10_000;
/** Ticks are not on a grid: a sample this much too old still counts. */
const SLACK_MS = 1_000;
const KEPT_MS = 155_000;
/** However fast somebody ticks, no more samples than this are kept. */
const MOST_SAMPLES = 64;

/** With one more sample; what is too old goes. */
export function withSample(recent: Recent, sample: Sample): Recent {
  let from = Math.max(0, recent.length + 1 - MOST_SAMPLES);
  while (from < recent.length && sample.atMs - (recent[from]?.atMs ?? 0) > KEPT_MS) from++;
  const next = recent.slice(from);
  next.push(sample);
  return next;
}

/** Mean over `seconds` that ended at the last sample. */
export function meanOfLast(recent: Recent, seconds: number): number {
  const last = recent.at(-1);
  if (last === undefined) return 0;
  return meanSince(recent, recent.length, last.atMs - seconds * 1000 + SAMPLE_MS) ?? last.value;
}

/** The mean of 15 s that ended `secondsAgo`, and of the `seconds` before that; undefined when it was not watched for so long. */
export function earlierThan(
  recent: Recent,
  secondsAgo: number,
  seconds: number,
): { readonly value: number; readonly before: number } | undefined {
  const last = recent.at(-1);
  if (last === undefined) return undefined;
  const untilMs = last.atMs - secondsAgo * 1000;
  let until = recent.length;
  while (until > 0 && (recent[until - 1]?.atMs ?? 0) > untilMs + SLACK_MS) until--;
  const value = meanSince(recent, until, untilMs - 5_000);
  const before = meanSince(recent, until, untilMs - seconds * 1000);
  return value === undefined || before === undefined ? undefined : { value, before };
}

/** Mean of the samples before index `until` that are not older than `fromMs`. */
function meanSince(recent: Recent, until: number, fromMs: number): number | undefined {
  let sum = 0;
  let count = 0;
  for (let index = until - 1; index >= 0; index--) {
    const { atMs, value } = recent[index] as Sample;
    if (atMs < fromMs - SLACK_MS) break;
    sum += value;
    count++;
  }
  return count === 0 ? undefined : sum / count;
}
