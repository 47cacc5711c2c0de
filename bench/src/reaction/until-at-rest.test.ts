import { expect, test } from "vitest";
import { type RestDeps, untilAtRest } from "./until-at-rest.ts";

/** A fleet that has two replicas until it was reset and 10 s have passed. */
function world(afterMs = 10_000) {
  let nowMs = 0;
  let resets = 0;
  let resetAtMs = Number.POSITIVE_INFINITY;
  const deps: RestDeps = {
    status: async () => ({ workers: [{ id: "i-1", target: "healthy" }], group: { desired: 1 } }) as never,
    inside: { replicasOf: async () => (nowMs - resetAtMs >= afterMs ? 1 : 2) },
    clock: {
      nowMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    },
    stop: new AbortController().signal,
    update: () => {},
  };
  const setUp = {
    name: "fleet",
    reset: async () => {
      resets += 1;
      resetAtMs = Math.min(resetAtMs, nowMs);
    },
  };
  return { deps, setUp, nowMs: () => nowMs, resets: () => resets };
}

test("it is at rest once one replica has been alone for three seconds", async () => {
  const { deps, setUp, nowMs, resets } = world();
  await untilAtRest(deps, setUp, 0);
  expect([nowMs(), resets()]).toEqual([13_000, 1]);
});

test("the set-up's own windows have to forget first", async () => {
  const { deps, setUp, nowMs } = world();
  await untilAtRest(deps, setUp, 60_000);
  expect(nowMs()).toBe(60_000);
});

test("what never rests is told with what is missing, and is reset again and again", async () => {
  const { deps, setUp, resets } = world(Number.POSITIVE_INFINITY);
  await expect(untilAtRest(deps, setUp, 0)).rejects.toThrow("did not come to rest within 240 s: 2 replicas");
  expect(resets()).toBeGreaterThan(5);
});
