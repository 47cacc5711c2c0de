import fc from "fast-check";
import { expect, test } from "vitest";
import { createLineSplitter, shownText } from "./split-lines.ts";

test("however it is cut into chunks, the same lines come out", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", maxLength: 20 })),
      fc.array(fc.nat({ max: 7 })),
      (lines, cuts) => {
        const wanted = lines.map((line) => line.replaceAll("\n", " "));
        const bytes = Buffer.from(wanted.map((line) => `${line}\n`).join(""));
        const splitter = createLineSplitter();
        const found: string[] = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          found.push(...splitter.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        expect([...found, ...splitter.end()]).toEqual(wanted);
      },
    ),
    { numRuns: 50 },
  );
});

test("bytes that are no text, and a line that never ends, are bounded and stop nothing", () => {
  const splitter = createLineSplitter();
  for (let i = 0; i < 100; i += 1) splitter.push(Buffer.alloc(100_000, 0xff));
  const [long = "", after] = splitter.push(Buffer.from("\nafter\n"));
  expect(shownText(long).length).toBeLessThanOrEqual(16_385);
  expect(after).toBe("after");
});

test.each([
  ["\u001b[31mred\u001b[0m", "red"],
  ["\u001b]0;title\u0007", "\\x1b]0;title\\x07"],
  ["a\tb\r", "a\tb"],
  ["over\rwritten", "over\\x0dwritten"],
  ["\u0000\u009b", "\\x00\\x9b"],
  ["abc\u202edcba", "abc\\u202edcba"],
  ["äöü 🦊", "äöü 🦊"],
])("%j is shown as %j", (line, shown) => {
  expect(shownText(line)).toBe(shown);
});
