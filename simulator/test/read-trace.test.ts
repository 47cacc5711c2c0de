import fc from "fast-check";
import { expect, test } from "vitest";
import { missingSlots, readTrace } from "../src/index.ts";

const HEADER = "timestamp,requests_per_second";

async function* inPieces(text: string, size: number): AsyncIterable<string> {
  for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
}

const read = (text: string, size = 7) => readTrace("t", inPieces(text, size));
const rows = (...lines: readonly string[]) => [HEADER, ...lines].join("\n");

test.each([
  ["an empty file", "", "t: is empty"],
  ["a header alone", `${HEADER}\n`, "t: has no rows"],
  ["one row", rows("0,1"), "t, line 2: has one row only"],
  ["no request", rows("0,0", "60,0"), "t: has no request in it"],
  ["no header", "0,1\n60,1", 't, line 1: got "0,1"'],
  ["another unit in the header", "timestamp,requests_per_minute\n0,1", "t, line 1: got"],
  ["a name for a number", rows("0,1", "60,many"), 't, line 3: got "many" requests per second'],
  ["NaN", rows("0,1", "60,NaN"), 't, line 3: got "NaN"'],
  ["nothing", rows("0,1", "60,"), 't, line 3: got ""'],
  ["hexadecimal", rows("0,1", "60,0x10"), 't, line 3: got "0x10"'],
  ["infinity", rows("0,1", "60,1e999"), 't, line 3: got "1e999"'],
  ["a negative rate", rows("0,1", "60,-3"), "t, line 3: got -3 requests per second: it cannot be negative"],
  ["a rate of another unit", rows("0,1", "60,1e12"), "t, line 3: got 1e12 requests per second: is it in another unit?"],
  ["a date", rows("2024-01-01T00:00:00Z,1"), 't, line 2: got the time "2024-01-01T00:00:00Z"'],
  ["milliseconds", rows("1700158620000,1"), "t, line 2: got the time 1700158620000: that is milliseconds"],
  ["a time twice", rows("0,1", "60,1", "60,2"), "t, line 4: the time 60 is also in line 3"],
  ["an earlier time", rows("0,1", "60,1", "30,2"), "t, line 4: the time 30 is before 60 in line 3"],
  ["off the grid", rows("0,1", "60,1", "130,2"), "t, line 4: the time 130 is not a multiple of the step of 60 s"],
  ["far away", rows("0,1", "60,1", "6000000000,2"), "t, line 4: the time 6000000000 is 100000000 slots after"],
  ["three columns", rows("0,1,2"), "t, line 2: got"],
  ["one column", rows("0"), "t, line 2: got"],
  ["an empty line inside", rows("0,1", "", "60,1"), "t, line 4: the line before is empty"],
  ["a binary file", `\u0000${"x".repeat(5000)}`, "t, line 1: is longer than 200 characters"],
])("%s is refused: %#", async (_what, text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});

test("missing slots stay missing, and the step is that of the rows next to each other", async () => {
  const trace = await read(rows("0,1", "180,4", "240,5", "300,6", ""));
  expect(trace).toMatchObject({ startSeconds: 0, stepSeconds: 60 });
  expect([...trace.rates]).toEqual([1, Number.NaN, Number.NaN, 4, 5, 6]);
  expect(missingSlots(trace)).toBe(2);
});

test("Windows' line ends and a mark of UTF-8 are no fault", async () => {
  expect([...(await read(`\uFEFF${HEADER}\r\n0,1\r\n10,2.5\r\n\r\n`)).rates]).toEqual([1, 2.5]);
});

test("slots finer than a tick are averaged", async () => {
  const trace = await read(rows("0,1", "1,2", "2,3", "3,4", "4,5", "5,10", "9,20"));
  expect(trace.stepSeconds).toBe(5);
  expect([...trace.rates]).toEqual([3, 15]);
});

test("wherever the stream is cut, the same trace comes out", async () => {
  const list = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(list, fc.integer({ min: 1, max: 80 }), async (rates, size) => {
      fc.pre(rates.some((rate) => rate > 0));
      const trace = await read(rows(...rates.map((rate, index) => `${1e9 + 60 * index},${rate}`)), size);
      expect([...trace.rates]).toEqual(rates);
    }),
    { numRuns: 50 },
  );
});
