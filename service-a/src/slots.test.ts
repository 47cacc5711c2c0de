import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSlots, type Place } from "./slots.ts";

/** Enters and fails the test when refused. */
function enter(slots: ReturnType<typeof createSlots>, start: () => void = () => {}): Place {
  const place = slots.enter(start);
  if (!place) throw new Error("refused");
  return place;
}

describe("createSlots", () => {
  test("a request starts at once while a slot is free", () => {
    const slots = createSlots({ concurrency: 2, maxRequests: 5 });
    let started = 0;
    enter(slots, () => started++);
    enter(slots, () => started++);
    enter(slots, () => started++);
    expect([started, slots.working(), slots.waiting()]).toEqual([2, 2, 1]);
  });

  test("those who wait start in the order of their arrival", () => {
    const slots = createSlots({ concurrency: 1, maxRequests: 5 });
    const order: string[] = [];
    const first = enter(slots);
    const second = enter(slots, () => order.push("second"));
    enter(slots, () => order.push("third"));
    first.leave();
    second.leave();
    expect(order).toEqual(["second", "third"]);
  });

  test("the house is full at maxRequests, and open again when somebody left", () => {
    const slots = createSlots({ concurrency: 1, maxRequests: 2 });
    const first = enter(slots);
    enter(slots);
    expect(slots.enter(() => {})).toBeUndefined();
    first.leave();
    expect(slots.enter(() => {})).toBeDefined();
  });

  test("who leaves the queue is never started and frees the place", () => {
    const slots = createSlots({ concurrency: 1, maxRequests: 2 });
    const first = enter(slots);
    const gone = enter(slots, () => expect.unreachable("started after leaving"));
    gone.leave();
    expect(slots.waiting()).toBe(0);
    first.leave();
    expect(slots.working()).toBe(0);
  });

  test("leaving twice frees one slot only", () => {
    const slots = createSlots({ concurrency: 2, maxRequests: 9 });
    const first = enter(slots);
    enter(slots);
    first.leave();
    first.leave();
    expect(slots.working()).toBe(1);
  });

  test("for any history: never more than the limits, and no slot idle while somebody waits", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: -1, max: 20 }), { maxLength: 60 }),
        (concurrency, maxRequests, steps) => {
          const slots = createSlots({ concurrency, maxRequests });
          const places: Place[] = [];
          for (const step of steps) {
            if (step < 0 || places.length === 0) {
              const place = slots.enter(() => {});
              if (place) places.push(place);
            } else places.splice(step % places.length, 1)[0]?.leave();
            expect(slots.working()).toBe(Math.min(concurrency, places.length));
            expect(slots.working() + slots.waiting()).toBe(places.length);
            expect(places.length).toBeLessThanOrEqual(maxRequests);
          }
        },
      ),
    );
  });
});
