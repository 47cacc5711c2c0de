import { expect, test } from "vitest";
import { actionOf, decisionText, type RecordedDecision } from "./decision.ts";

const recorded = (kind: string, from: number, to: number): RecordedDecision => ({
  id: "1",
  atMs: 5,
  target: "workers",
  kind,
  worker: "i-1",
  from,
  to,
  text: "why",
  outcome: "applied",
});

test.each([
  ["a drain is a scale-in", recorded("drain-worker", 3, 2), [3, 2]],
  ["a cancelled drain is a scale-out", recorded("cancel-drain", 2, 3), [2, 3]],
  ["the termination after a drain is no second scale-in", recorded("terminate-worker", 3, 2), undefined],
  ["a replacement changes no number", recorded("replace-worker", 3, 3), undefined],
  ["what was not applied is no change", { ...recorded("drain-worker", 3, 2), outcome: "failed" as const }, undefined],
])("%s", (_rule, decision, numbers) => {
  const action = actionOf(decision);
  expect(action && [action.from, action.to]).toEqual(numbers);
});

test.each([
  ["drain-worker", "i-1 drains, workers 3 -> 2: why"],
  ["cancel-drain", "i-1 comes back from draining, workers 3 -> 2: why"],
  ["terminate-worker", "i-1 ends, workers 3 -> 2: why"],
  ["replace-worker", "i-1 is replaced, workers 3 -> 2: why"],
  ["set-capacity", "workers 3 -> 2: why"],
])("%s in words", (kind, text) => {
  expect(decisionText(recorded(kind, 3, 2))).toBe(text);
});
