import type { RecordedDecision } from "@compose-fleet/wh-api";
import { expect, test } from "vitest";
import { actionOf } from "./action-of.ts";

const recorded = (kind: RecordedDecision["kind"], from: number, to: number): RecordedDecision => ({
  id: "1",
  tick: 1,
  atMs: 5,
  target: "workers",
  kind,
  worker: "i-1",
  from,
  to,
  reason: { code: "load-needs-more", numbers: {} },
  text: "why",
  receipts: [],
  outcome: { status: "applied", atMs: 6 },
});

test.each([
  ["a drain is a scale-in", recorded("drain-worker", 3, 2), [3, 2]],
  ["a cancelled drain is a scale-out", recorded("cancel-drain", 2, 3), [2, 3]],
  ["the termination after a drain is no second scale-in", recorded("terminate-worker", 3, 2), undefined],
  ["a replacement changes no number", recorded("replace-worker", 3, 3), undefined],
  [
    "what was not applied is no change",
    { ...recorded("drain-worker", 3, 2), outcome: { status: "failed", atMs: 6 } as const },
    undefined,
  ],
])("%s", (_rule, decision, numbers) => {
  const action = actionOf(decision);
  expect(action && [action.from, action.to]).toEqual(numbers);
});
