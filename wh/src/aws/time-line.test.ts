import fc from "fast-check";
import { expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createTimeLine } from "./time-line.ts";

const START_MS = 1_700_000_000_000;

test("an event is where AWS says that it is, by the clock at the first look", () => {
  const clock = createFakeClock(START_MS);
  expect([...createTimeLine(clock).place(new Map([["a", START_MS - 60_000]]))]).toEqual([["a", START_MS - 60_000]]);
});

test("nothing is in the future, and nothing new is older than the look before", async () => {
  const clock = createFakeClock(START_MS);
  const line = createTimeLine(clock);
  expect(line.place(new Map([["a", START_MS + 5_000]])).get("a")).toBe(START_MS);
  await clock.advance(10_000);
  clock.jump(20 * 60_000);
  expect(line.place(new Map([["b", START_MS + 4_000]])).get("b")).toBe(START_MS);
});

test("however the machine's clock is set, an event seen within a look of its beginning is never placed further off than that", async () => {
  const step = fc.record({ jumpMs: fc.integer({ min: -86_400_000, max: 86_400_000 }), isNew: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const clock = createFakeClock(START_MS);
      const line = createTimeLine(clock);
      const events = new Map<string, number>();
      line.place(events);
      for (const { jumpMs, isNew } of steps) {
        // AWS's own clock is right: it is what nobody sets.
        if (isNew) events.set(`e${events.size}`, clock.monotonicMs() + 2_000);
        await clock.advance(5_000);
        clock.jump(jumpMs);
        for (const [key, atMs] of line.place(events)) {
          const trueMs = events.get(key) ?? 0;
          expect(Math.abs(atMs - trueMs)).toBeLessThanOrEqual(5_000);
        }
      }
    }),
    { numRuns: 100 },
  );
});
