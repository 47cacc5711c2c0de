import type { LogLine } from "./log-line.ts";

/** What comes within it is put in order, milliseconds. */
const WINDOW_MS = 250;
/** Lines that wait to be shown, and their characters. Beyond either the sources wait. */
const WAITING = 50_000;
const WAITING_CHARACTERS = 8_000_000;

/** Several sources, each in order of time, as one in order of time. Nothing is read further ahead than a batch of each. */
export async function* mergeByTime(
  sources: readonly AsyncIterable<readonly LogLine[]>[],
): AsyncGenerator<readonly LogLine[]> {
  const heads = sources.map((source) => ({
    lines: [] as readonly LogLine[],
    next: 0,
    batches: source[Symbol.asyncIterator](),
  }));
  const fill = async (head: (typeof heads)[number]): Promise<boolean> => {
    while (head.next >= head.lines.length) {
      const { done, value } = await head.batches.next();
      if (done) return false;
      head.lines = value;
      head.next = 0;
    }
    return true;
  };
  try {
    let open = heads;
    for (;;) {
      const filled = await Promise.all(open.map(fill));
      open = open.filter((_, index) => filled[index]);
      if (open.length === 0) return;
      // Up to here every source has said what it has.
      const until = open.map(({ lines }) => lines.at(-1)?.at ?? "").sort()[0] ?? "";
      const ready: LogLine[] = [];
      for (const head of open)
        for (let line = head.lines[head.next]; line !== undefined && line.at <= until; line = head.lines[head.next]) {
          ready.push(line);
          head.next += 1;
        }
      yield sorted(ready);
    }
  } finally {
    await Promise.all(heads.map(({ batches }) => batches.return?.()));
  }
}

/** Sources that go on: what comes within a quarter of a second is in order of time. `sources` calls `add` for each, also later. Ends at the signal. */
export async function* followByTime(
  clock: { sleep(ms: number): Promise<void> },
  signal: AbortSignal,
  sources: (add: (source: AsyncIterable<readonly LogLine[]>) => Promise<void>) => Promise<void>,
): AsyncGenerator<readonly LogLine[]> {
  let waiting: LogLine[] = [];
  let characters = 0;
  let failure: unknown;
  let hasFailed = false;
  let taken = Promise.resolve();
  let take: () => void = () => undefined;
  const add = async (source: AsyncIterable<readonly LogLine[]>) => {
    for await (const lines of source) {
      if (signal.aborted) return;
      for (const line of lines) {
        waiting.push(line);
        characters += line.text.length;
      }
      // A source that is faster than its reader waits, and with it the program that writes it into the pipe.
      if (waiting.length > WAITING || characters > WAITING_CHARACTERS) await taken;
    }
  };
  const running = sources(add).catch((error: unknown) => {
    hasFailed = true;
    failure = error;
  });
  while (!signal.aborted) {
    taken = new Promise((resolve) => {
      take = resolve;
    });
    await clock.sleep(WINDOW_MS);
    const lines = waiting;
    waiting = [];
    characters = 0;
    take();
    if (lines.length > 0) yield sorted(lines);
    if (hasFailed) throw failure;
  }
  take();
  await running;
}

function sorted(lines: LogLine[]): readonly LogLine[] {
  // Stable: lines of one instant stay as their source had them.
  return lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
