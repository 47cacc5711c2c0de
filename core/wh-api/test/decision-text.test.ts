import { decisionText } from "@compose-fleet/wh-api";
import { expect, test } from "vitest";
import { decision } from "./examples.ts";

test.each([
  ["drain-worker", "i-1 drains, workers 3 -> 2: why"],
  ["cancel-drain", "i-1 comes back from draining, workers 3 -> 2: why"],
  ["terminate-worker", "i-1 ends, workers 3 -> 2: why"],
  ["replace-worker", "i-1 is replaced, workers 3 -> 2: why"],
  ["set-capacity", "workers 3 -> 2: why"],
] as const)("%s in words", (kind, text) => {
  const outcome = { status: "applied", atMs: 6 } as const;
  expect(decisionText({ ...decision, kind, worker: "i-1", from: 3, to: 2, text: "why", outcome })).toBe(text);
});

test("what was not applied says so, what is under way does not", () => {
  const outcome = { status: "failed", reason: "throttled", retryable: true, atMs: 6 } as const;
  expect(decisionText({ ...decision, outcome })).toBe("workers 1 -> 2: load [failed]");
  expect(decisionText(decision)).toBe("workers 1 -> 2: load");
});

test("a hold of replicas names the worker and the service", () => {
  const hold = { ...decision, kind: "hold", target: "replicas/i-1/web", from: 3, to: 3, text: "steady" } as const;
  expect(decisionText(hold)).toBe("i-1/web holds 3: steady");
});
