import fc from "fast-check";
import { expect, test } from "vitest";
import { followByTime, mergeByTime } from "./in-order.ts";
import type { LogLine } from "./log-line.ts";

const line = (second: number, replica: string): LogLine => ({
  at: `2026-03-01T00:00:${String(second).padStart(2, "0")}.000000000Z`,
  source: { machine: "i-1", service: "web", replica },
  text: `${second}`,
});

async function* batches(lines: readonly LogLine[], size: number): AsyncGenerator<readonly LogLine[]> {
  for (let start = 0; start < lines.length; start += size) yield lines.slice(start, start + size);
}

test("all lines of all sources come out once, in order of time, in whatever batches they come", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat({ max: 59 }), { maxLength: 12 }), { maxLength: 5 }),
      fc.integer({ min: 1, max: 5 }),
      async (sources, size) => {
        const sorted = sources.map((seconds) => [...seconds].sort((a, b) => a - b));
        const found: LogLine[] = [];
        const readers = sorted.map((seconds, index) =>
          batches(
            seconds.map((second) => line(second, `${index}`)),
            size,
          ),
        );
        for await (const lines of mergeByTime(readers)) found.push(...lines);
        expect(found.map(({ text }) => Number(text))).toEqual(sorted.flat().sort((a, b) => a - b));
        for (const [index, seconds] of sorted.entries())
          expect(found.filter(({ source }) => source.replica === `${index}`)).toHaveLength(seconds.length);
      },
    ),
    { numRuns: 50 },
  );
});

test("who stops reading ends every source", async () => {
  const ended: string[] = [];
  async function* endless(name: string): AsyncGenerator<readonly LogLine[]> {
    try {
      for (;;) yield [line(1, name)];
    } finally {
      ended.push(name);
    }
  }
  for await (const _ of mergeByTime([endless("a"), endless("b")])) break;
  expect(ended).toEqual(["a", "b"]);
});

test("what is followed comes in order within a window, a fast source waits, and the signal ends it", async () => {
  const stop = new AbortController();
  const clock = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
  let produced = 0;
  async function* fast(): AsyncGenerator<readonly LogLine[]> {
    for (;;) {
      produced += 10_000;
      yield Array.from({ length: 10_000 }, (_, index) => line(59 - (index % 60), "a"));
    }
  }
  let seen = 0;
  for await (const lines of followByTime(clock, stop.signal, (add) => add(fast()))) {
    seen += lines.length;
    expect((lines[0]?.at ?? "z") <= (lines.at(-1)?.at ?? "")).toBe(true);
    if (seen > 300_000) stop.abort();
  }
  expect(produced - seen).toBeLessThanOrEqual(120_000);
});

test("a source of long lines waits as well: what is kept is bounded by its characters", async () => {
  const stop = new AbortController();
  const clock = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
  let produced = 0;
  async function* long(): AsyncGenerator<readonly LogLine[]> {
    for (;;) {
      produced += 100;
      yield Array.from({ length: 100 }, () => ({ ...line(1, "a"), text: "x".repeat(16_000) }));
    }
  }
  let most = 0;
  let seen = 0;
  for await (const lines of followByTime(clock, stop.signal, (add) => add(long()))) {
    seen += lines.length;
    most = Math.max(most, lines.length * 16_000);
    if (seen > 5_000) stop.abort();
  }
  expect(produced).toBeGreaterThanOrEqual(seen);
  expect(most).toBeLessThanOrEqual(8_000_000 + 100 * 16_000);
});

test("a source that fails is told", async () => {
  const clock = { sleep: async () => undefined };
  const failing = followByTime(clock, new AbortController().signal, () => Promise.reject(new Error("gone")));
  await expect(failing.next()).rejects.toThrow("gone");
});
