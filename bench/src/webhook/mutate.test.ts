import fc from "fast-check";
import { expect, test } from "vitest";
import { mutateTree } from "./mutate.ts";
import { ODD_VALUES, PROTOTYPE_KEYS } from "./odd-values.ts";
import { createRandom } from "./random.ts";

const own = (key: string, value: unknown, target: object) =>
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });

/** Envelopes in which each object and each array already has a key that means something on every JavaScript object. */
const poisoned = fc
  .record({ key: fc.constantFrom(...PROTOTYPE_KEYS), value: fc.constantFrom(...ODD_VALUES) })
  .map(({ key, value }) => {
    const alert = own(key, value, { alertname: "A", labels: own(key, value, { worker: "i-1" }) });
    return own(key, value, { version: "4", alerts: own(key, value, [alert, { alertname: "B" }, "c"]) });
  });

test("whatever a payload has become, it can be broken further, and written as JSON", () => {
  fc.assert(
    fc.property(poisoned, fc.nat(1_000_000), (envelope, seed) => {
      expect(JSON.stringify(mutateTree(createRandom(seed), envelope))).toBeTypeOf("string");
    }),
    { numRuns: 60 },
  );
});

test("an array loses an item, whatever its constructor is", () => {
  for (const value of ODD_VALUES) {
    const mutated = (seed: number) =>
      JSON.stringify(mutateTree(createRandom(seed), own("constructor", value, ["a", "b", "c"])));
    const lost = ['["b","c"]', '["a","c"]', '["a","b"]'];
    // One of 80 seeds: what it becomes is random, and nothing is learned of those after it.
    expect(Array.from({ length: 80 }, (_, seed) => seed).some((seed) => lost.includes(mutated(seed)))).toBe(true);
  }
});

test("a key that is added to an array shows in its JSON", () => {
  const texts = Array.from({ length: 60 }, (_, seed) => JSON.stringify(mutateTree(createRandom(seed), [])));
  expect(texts.some((text) => text.includes('"constructor"'))).toBe(true);
  expect(texts.some((text) => text.includes('"future_'))).toBe(true);
});
