import type { HeldStep } from "@compose-fleet/policy";
import { expect, test } from "vitest";
import { createInMemoryState } from "../store/in-memory-state.ts";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createHeldSteps } from "./held-steps.ts";

const step = (value: number): HeldStep => ({ target: "workers", direction: "up", value });

/** Held steps over a store that counts its calls and can be away. */
function setUp() {
  const state = createInMemoryState();
  const world = { state, calls: 0, isAway: false };
  const store: typeof state = {
    ...state,
    settleStep: async (...asked) => {
      world.calls++;
      if (world.isAway) throw new Error("the table is away");
      return state.settleStep(...asked);
    },
  };
  const log = createMemoryLog();
  const held = createHeldSteps({ store, clock: createFakeClock(), log });
  return { world, log, held };
}

test("what another scaler stored counts, also where this one would have refused", async () => {
  const { world, held } = setUp();
  await world.state.settleStep("a", step(2), 0);
  await world.state.settleStep("b", step(3), 0);
  expect(await held.settle({ a: step(4), b: null, c: step(5), d: null })).toEqual({
    a: step(2),
    b: step(3),
    c: step(5),
    d: null,
  });
  expect(await world.state.settleStep("c", null, 0)).toEqual(step(5));
});

test("a signal is asked for once, and again when it comes back", async () => {
  const { world, held } = setUp();
  const steps = { a: step(2) };
  expect(await held.settle(steps)).toBe(steps);
  expect(await held.settle(steps)).toBe(steps);
  expect(world.calls).toBe(1);
  await held.settle({});
  await held.settle(steps);
  expect(world.calls).toBe(2);
});

test("while the store is away the own steps hold; they are settled when it is back", async () => {
  const { world, log, held } = setUp();
  await world.state.settleStep("a", step(2), 0);
  world.isAway = true;
  expect(await held.settle({ a: step(3) })).toEqual({ a: step(3) });
  expect(log.lines.join()).toMatch(/error steps of alerts cannot be stored.*the table is away/);
  world.isAway = false;
  expect(await held.settle({ a: step(3) })).toEqual({ a: step(2) });
});

test("a step that the store refuses holds no other up", async () => {
  const { world, held } = setUp();
  for (let index = 0; index < 60; index++) await world.state.settleStep(`s${index}`, step(2), 0);
  const refusing: typeof world.state = {
    ...world.state,
    settleStep: async (signal, ...asked) => {
      if (signal === "s7") throw new Error("ValidationException");
      return world.state.settleStep(signal, ...asked);
    },
  };
  const steps = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`s${index}`, step(3)]));
  const settled = await createHeldSteps({ store: refusing, clock: createFakeClock(), log: createMemoryLog() }).settle(
    steps,
  );
  expect(Object.values(settled).filter((one) => one?.value === 3)).toHaveLength(1);
  expect(await held.settle({})).toEqual({});
});
