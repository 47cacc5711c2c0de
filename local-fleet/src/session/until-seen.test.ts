import { expect, test } from "vitest";
import { untilSeen } from "./until-seen.ts";

/** A scaler that sees this many replicas at each look, the last for ever; undefined: it does not answer. */
function seeing(looks: readonly (number | undefined)[]) {
  let nowMs = 0;
  let look = 0;
  return {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
    stop: new AbortController().signal,
    status: async () => {
      const ready = looks[Math.min(look, looks.length - 1)];
      look += 1;
      if (ready === undefined) throw new Error("not yet");
      const workers = { ready: 1, draining: 0, desired: 1, min: 1, max: 1 };
      return {
        atMs: 0,
        hold: false,
        blindSeconds: 0,
        workers,
        replicas: [{ worker: "i", service: "web", ready, desired: 1 }],
      };
    },
  };
}

test.each([
  ["seen at once", [1], true, 0],
  ["seen once it answers and has looked", [undefined, 0, 0, 1], true, 1_500],
  ["never seen: half a minute", [0], false, 30_000],
  ["never answered: half a minute", [undefined], false, 30_000],
])("%s", async (_rule, looks, isSeen, ms) => {
  const deps = seeing(looks);
  expect(await untilSeen(deps)).toBe(isSeen);
  expect(deps.nowMs()).toBe(ms);
});
