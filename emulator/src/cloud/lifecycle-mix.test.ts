import { expect, test } from "vitest";
import { type Lifecycle, nextLifecycle } from "./lifecycle-mix.ts";

test.each<[string, number, number, string]>([
  ["without Spot all are on demand", 1, 0, "oooooo"],
  ["the base first, then all are Spot", 2, 1, "oossss"],
  ["70 % on demand above the base: three of ten are Spot", 0, 0.3, "ooosoosoos"],
  ["half of those above the base", 1, 0.5, "oososo"],
])("%s", (_rule, onDemandBase, spotShareAboveBase, expected) => {
  const living: { lifecycle: Lifecycle }[] = [];
  while (living.length < expected.length)
    living.push({ lifecycle: nextLifecycle(living, { onDemandBase, spotShareAboveBase }) });
  expect(living.map(({ lifecycle }) => lifecycle[0]).join("")).toBe(expected);
});

test("one that AWS has taken is made up for in its own kind", () => {
  const left = [{ lifecycle: "on-demand" }, { lifecycle: "spot" }] as const;
  expect(nextLifecycle(left, { onDemandBase: 1, spotShareAboveBase: 1 })).toBe("spot");
});
