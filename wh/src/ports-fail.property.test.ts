import fc from "fast-check";
import { expect, test } from "vitest";
import { createInMemoryState } from "./store/in-memory-state.ts";
import type { StateStore } from "./store/state-store.ts";
import { createWorld } from "./test-support/world.ts";

const STATE = ["claim", "list", "append", "recent", "settleStep"] as const;
const FAILING = [...STATE, "people", "baseline"] as const;
type Failing = (typeof FAILING)[number];

/** The scaler in a world in which these ports fail, each call at once or never answering people. */
async function createFailingWorld(failing: readonly Failing[]) {
  const state: StateStore = createInMemoryState();
  const refuse = () => Promise.reject(new Error("away"));
  for (const name of STATE) if (failing.includes(name)) Object.assign(state, { [name]: refuse });
  const channels = [
    { name: "people", send: failing.includes("people") ? () => new Promise<never>(() => {}) : async () => {} },
  ];
  const world = createWorld({ state, channels, ...(failing.includes("baseline") && { baseline: { write: refuse } }) });
  await world.wh.start();
  await world.clock.advance(10_000);
  return world;
}

test("whichever ports beside group and metrics fail, both levels scale out; nobody is ended whose claim cannot be written", async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray([...FAILING]), async (failing) => {
      const world = await createFailingWorld(failing);
      world.requestsPerSecond = 1500;
      await world.clock.advance(60_000);
      expect([world.desired, [...world.workers.values()]]).toEqual([2, [10, 10]]);
      world.requestsPerSecond = 10;
      world.calls.length = 0;
      await world.clock.advance(20 * 60_000);
      const hasEnded = world.calls.some((call) => call.startsWith("terminate"));
      expect(hasEnded).toBe(!failing.includes("claim"));
    }),
    { numRuns: 12 },
  );
}, 120_000);
