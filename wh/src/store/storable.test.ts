import fc from "fast-check";
import { expect, test } from "vitest";
import { storable } from "./storable.ts";

/** Any but halves of surrogate pairs. fast-check's own (`unit: "binary"`) first makes a table of all million of them. */
const codePoint = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((value) => String.fromCodePoint(value));

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(1.8e19, Number.NaN, Number.POSITIVE_INFINITY, 5e-324),
);
const text = fc.oneof(fc.string({ unit: codePoint }), fc.constantFrom("", "\ud83d", "x".repeat(500_000)));
const numbers = fc.dictionary(text, fc.oneof(number, text), { maxKeys: 10, noNullPrototype: true });

/** Everything in a value that DynamoDB or the SDK would refuse. */
function refused(value: unknown): unknown[] {
  if (typeof value === "number") {
    const isTiny = value !== 0 && Math.abs(value) < 1e-130;
    return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER && !isTiny ? [] : [value];
  }
  if (typeof value === "string") return /[\ud800-\udfff]/u.test(value) ? [value] : [];
  return typeof value === "object" && value !== null ? Object.entries(value).flat().flatMap(refused) : [];
}

test("whatever is in a record, what is stored has nothing in it that DynamoDB refuses, and is far below 400 KB", () => {
  fc.assert(
    fc.property(fc.record({ from: number, worker: text, reason: fc.record({ numbers }) }), (record) => {
      const stored = storable(record);
      expect(refused(stored)).toEqual([]);
      expect(Buffer.byteLength(JSON.stringify(stored))).toBeLessThan(200_000);
    }),
  );
});

test("what DynamoDB takes stays as it is", () => {
  const record = {
    id: "d1",
    from: 1,
    to: 2,
    reason: { code: "steady", numbers: { rate: 12.5, by: "eva 😀" } },
    receipts: [],
  };
  expect(storable(record)).toEqual(record);
});
