import { expect, test } from "vitest";
import { brokenPromises, scaleInResult, type WebSocketResult } from "./result.ts";

const before = { open: 4, ended: [{ replica: "old", isTold: false }], awayMs: [5_000], refused: 0 };
const held = new Map([
  ["a", 2],
  ["b", 2],
]);

test("what ended before does not count, and connections belong to their replicas", () => {
  const told = { replica: "b", isTold: true };
  const after = { ...before, ended: [...before.ended, told, told], awayMs: [5_000, 300, 100] };
  expect(scaleInResult(before, after, held, new Set(["a"]))).toEqual({
    onLeaving: 2,
    told: 2,
    lost: 0,
    onStaying: 0,
    reconnected: 2,
    awayMsMax: 300,
    awayMsP50: 300,
  });
});

const kept: WebSocketResult = {
  connections: 4,
  endedAtScaleOut: 0,
  scaleIn: { onLeaving: 2, told: 2, lost: 0, onStaying: 0, reconnected: 2, awayMsMax: 300, awayMsP50: 100 },
  refused: 0,
  openAtEnd: 4,
};
test("a result that keeps every promise breaks none", () => {
  expect(brokenPromises(kept)).toEqual([]);
});
test.each<[string, Partial<WebSocketResult>, Partial<WebSocketResult["scaleIn"]>]>([
  ["a connection that ends at a scale-out", { endedAtScaleOut: 1 }, {}],
  ["nobody on the replica that left", {}, { onLeaving: 0, told: 0, reconnected: 0 }],
  ["an end without a word", {}, { lost: 1 }],
  ["an end on a replica that stayed", {}, { onStaying: 1 }],
  ["one that was not told", {}, { told: 1, reconnected: 1 }],
  ["one that did not come back", {}, { reconnected: 1 }],
  ["fewer than at the beginning", { openAtEnd: 3 }, {}],
])("%s is a broken promise", (_name, result, scaleIn) => {
  expect(brokenPromises({ ...kept, ...result, scaleIn: { ...kept.scaleIn, ...scaleIn } })).toHaveLength(1);
});
