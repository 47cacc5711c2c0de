import { expect, test } from "vitest";
import { linesOf, toldAgain } from "./told.ts";

test.each<[string, string[], string[], number]>([
  ["a title is no news", ["chaos (local):\nworkers scaled out 2 -> 3: x"], ["workers scaled out 2 -> 3: x"], 0],
  [
    "an alert of its own has none",
    ["chaos (local): InstanceDown firing: i-1\n"],
    ["chaos (local): InstanceDown firing: i-1"],
    0,
  ],
  ["the same line in two messages was told again", ["f:\na\nb", "f:\na"], ["a", "b", "a"], 1],
  ["three times is twice again", ["f:\na", "f:\na", "f:\na"], ["a", "a", "a"], 2],
])("%s", (_rule, texts, lines, again) => {
  const found = linesOf(texts.map((text, atMs) => ({ atMs, text })));
  expect(found).toEqual(lines);
  expect(toldAgain(found)).toBe(again);
});
