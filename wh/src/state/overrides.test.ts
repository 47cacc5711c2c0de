import type { Override } from "@compose-fleet/policy";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createInMemoryState } from "../store/in-memory-state.ts";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createOverrides } from "./overrides.ts";

const pause = (id: string, expiresAtMs: number): Override => ({ id, kind: "pause", by: "eva", expiresAtMs });

test("stored overrides are found after a restart, and the last known ones hold while the store is away", async () => {
  const clock = createFakeClock(0);
  const store = createInMemoryState();
  await store.put(pause("o1", 100_000));
  let isAway = false;
  const list = () => (isAway ? Promise.reject(new Error("away")) : store.list());
  let errors = 0;
  const overrides = createOverrides({
    store: { ...store, list },
    clock,
    log: createMemoryLog(),
    onStateError: () => errors++,
  });
  expect(await overrides.active()).toHaveLength(1);
  isAway = true;
  await clock.advance(20_000);
  expect(await overrides.active()).toHaveLength(1);
  expect(errors).toBe(1);
  await clock.advance(80_000);
  expect(await overrides.active()).toEqual([]);
});

test("the store is read at most every 15 s", async () => {
  const clock = createFakeClock(0);
  const store = createInMemoryState();
  let reads = 0;
  const list = () => {
    reads++;
    return store.list();
  };
  const overrides = createOverrides({ store: { ...store, list }, clock, log: createMemoryLog() });
  for (let second = 0; second < 30; second++) {
    await overrides.active();
    await clock.advance(1000);
  }
  expect(reads).toBe(2);
});

test("one added elsewhere is seen, one removed here is gone at once", async () => {
  const clock = createFakeClock(0);
  const store = createInMemoryState();
  const overrides = createOverrides({ store, clock, log: createMemoryLog() });
  await overrides.add(pause("o1", 100_000));
  await store.put(pause("o2", 100_000));
  await clock.advance(15_000);
  expect((await overrides.active()).map(({ override }) => override.id)).toEqual(["o1", "o2"]);
  expect((await overrides.remove("o2"))?.id).toBe("o2");
  expect(await overrides.remove("o2")).toBeUndefined();
  expect((await overrides.active()).map(({ override }) => override.id)).toEqual(["o1"]);
});

test("one that has expired cannot be removed, though the store may list it for days", async () => {
  const clock = createFakeClock(0);
  const store = createInMemoryState();
  const overrides = createOverrides({ store, clock, log: createMemoryLog() });
  await overrides.add(pause("o1", 10_000));
  await clock.advance(10_000);
  expect([await overrides.active(), await overrides.remove("o1")]).toEqual([[], undefined]);
});

test("an override lasts as long as was said, however the machine's clock is set meanwhile", async () => {
  const step = fc.integer({ min: -86_400_000, max: 86_400_000 });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), fc.boolean(), async (steps, isMadeElsewhere) => {
      const clock = createFakeClock(1_700_000_000_000);
      const store = createInMemoryState();
      const overrides = createOverrides({ store, clock, log: createMemoryLog() });
      const override = pause("o1", clock.nowMs() + 600_000);
      await (isMadeElsewhere ? store.put(override) : overrides.add(override));
      for (let second = 0; second < 600; second += 20) {
        expect(await overrides.active()).toMatchObject([{ override: { id: "o1" } }]);
        clock.jump(steps[second % steps.length] ?? 0);
        await clock.advance(20_000);
      }
      expect(await overrides.active()).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
