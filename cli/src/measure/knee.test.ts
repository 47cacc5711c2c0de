import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterStep, newSearch, type SearchLimits, type Step, troubleOf } from "./knee.ts";
import { kneeFound, roundedDown } from "./knee-found.ts";

const limits: SearchLimits = { mostSeconds: 180, mostRps: 8_000 };

/** A replica: what a step at this rate comes to. */
type Curve = (rps: number, seconds: number, attempt: number) => Partial<Step>;

function search(curve: Curve, within = limits) {
  const steps: Step[] = [];
  let state = newSearch;
  while (state.phase !== "done") {
    const { rps, seconds } = state.offer;
    const sent = Math.ceil(rps * seconds);
    const usual = { failed: 0, p50Ms: 50, p99Ms: 60, elapsedMs: seconds * 1000 + 50, lagMs: 6 };
    const step: Step = { rps, seconds, sent, ...usual, ...curve(rps, seconds, steps.length) };
    steps.push(step);
    state = afterStep(state, step, within);
  }
  return { knee: kneeFound(state, within), steps, spent: state.spentSeconds };
}

/** So many requests at once, each of so many milliseconds: what is above waits longer and longer. */
function slots(capacity: number, serviceMs: number): Curve {
  return (rps, seconds) => {
    if (rps <= capacity) return { p50Ms: serviceMs, p99Ms: serviceMs * 1.2, elapsedMs: seconds * 1000 + serviceMs };
    const backlogMs = (rps / capacity - 1) * seconds * 1000;
    return {
      p50Ms: serviceMs + backlogMs / 2,
      p99Ms: serviceMs + backlogMs,
      elapsedMs: seconds * 1000 + backlogMs + serviceMs,
    };
  };
}

/** A queue before one server: latency grows long before the end. */
function queue(capacity: number, serviceMs: number): Curve {
  return (rps, seconds) => {
    const load = rps / capacity;
    if (load >= 1) return slots(capacity, serviceMs)(rps, seconds, 0);
    const p50Ms = serviceMs / (1 - load * 0.9);
    return { p50Ms, p99Ms: 3 * p50Ms, elapsedMs: seconds * 1000 + p50Ms };
  };
}

describe("a knee is found where it is", () => {
  test.each([
    ["71 requests a second in 4 slots", slots(71, 56), 71],
    ["a slow one: one request in 2 s", slots(0.5, 1_900), 0.5],
    ["a fast one", slots(3_000, 2), 3_000],
    ["exactly a rate that is tried", slots(64, 10), 64],
    ["just above the first rate", slots(4.1, 100), 4.1],
    ["below the first rate", slots(3, 300), 3],
  ] as const)("%s", (_name, curve, capacity) => {
    const { knee } = search(curve);
    expect(knee.rps).toBeLessThanOrEqual(capacity * 1.15);
    expect(knee.rps).toBeGreaterThan(capacity * 0.85);
    expect(knee.confidence).toBe("high");
    expect(knee.doubts).toEqual([]);
  });

  test("latency that grows slowly: less than all it could do, and more than half", () => {
    const { knee } = search(queue(100, 10));
    expect(knee.rps).toBeGreaterThan(50);
    expect(knee.rps).toBeLessThan(100);
  });

  test("errors above a rate count, at whatever latency", () => {
    const { knee } = search((rps) => (rps > 30 ? { failed: 10, p99Ms: 5, p50Ms: 1 } : { p99Ms: 5, p50Ms: 1 }));
    expect(knee.rps).toBeGreaterThan(27);
    expect(knee.rps).toBeLessThanOrEqual(30);
    expect(knee.bent?.trouble).toBe("failing");
  });
});

test("any capacity is found from below, near and in time", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1.5, max: 5_000, noNaN: true }),
      fc.double({ min: 1, max: 400, noNaN: true }),
      (capacity, ms) => {
        const { knee, spent } = search(slots(capacity, ms));
        // A short queue hides in the latency that a slow service has anyway.
        const slack = 1 + Math.max(0.06, (2 * ms) / 4_000);
        expect(knee.rps).toBeLessThanOrEqual(capacity * slack);
        expect(knee.rps).toBeGreaterThan(capacity * 0.8);
        expect(spent).toBeLessThan(limits.mostSeconds + 15);
      },
    ),
  );
});

test("whatever a replica answers, a search ends in time, and what it says was sustained", () => {
  const outcome = fc.record({
    failed: fc.integer({ min: 0, max: 5 }),
    p50Ms: fc.option(fc.integer({ min: 1, max: 5_000 })),
    p99Ms: fc.option(fc.integer({ min: 1, max: 10_000 })),
    elapsedMs: fc.integer({ min: 1_000, max: 40_000 }),
    lagMs: fc.integer({ min: 0, max: 500 }),
  });
  fc.assert(
    fc.property(fc.infiniteStream(outcome), (outcomes) => {
      const { knee, steps, spent } = search(() => outcomes.next().value);
      expect(spent).toBeLessThan(limits.mostSeconds + 16);
      if (knee.good === undefined) expect(knee).toMatchObject({ rps: 0, confidence: "low" });
      else expect(steps).toContain(knee.good);
    }),
  );
});

test("one slow step by chance is tried again, and changes nothing", () => {
  const steady = search(slots(71, 56));
  const once = search((rps, seconds, attempt) =>
    attempt === 2 ? { p99Ms: 200, p50Ms: 56 } : slots(71, 56)(rps, seconds, attempt),
  );
  expect(once.knee.rps).toBe(steady.knee.rps);
  expect(once.steps).toHaveLength(steady.steps.length + 1);
});

test("a rate that is not sustained again is lowered, and believed less", () => {
  const sustained = search(slots(71, 56)).knee.rps;
  const { knee } = search((rps, seconds, attempt) =>
    seconds >= 8 && rps > sustained * 0.95 ? { p99Ms: 900 } : slots(71, 56)(rps, seconds, attempt),
  );
  expect(knee.rps).toBeCloseTo(sustained * 0.93);
  expect(knee).toMatchObject({ confidence: "medium", doubts: ["higher rates were sustained once, and not again"] });
});

test("what never bends is said to sustain more", () => {
  const { knee } = search(() => ({}), { mostSeconds: 180, mostRps: 200 });
  expect(knee).toMatchObject({ rps: 200, bent: undefined, confidence: "medium" });
});

test("what sustains nothing has no number", () => {
  const { knee } = search((_rps, _seconds) => ({ failed: 20, p99Ms: null, p50Ms: null }));
  expect(knee).toMatchObject({ rps: 0, confidence: "low", doubts: ["no rate was sustained"] });
});

test("a load that came late itself is not believed", () => {
  const { knee } = search((rps, seconds, attempt) => ({ ...slots(71, 56)(rps, seconds, attempt), lagMs: 200 }));
  expect(knee.confidence).toBe("low");
  expect(knee.doubts.join()).toContain("short of CPU");
});

test("when the time is up the search ends with what it has", () => {
  const { knee, spent } = search(slots(71, 56), { mostSeconds: 12, mostRps: 8_000 });
  expect(spent).toBeLessThan(20);
  expect(knee.confidence).toBe("low");
});

test.each([
  ["a long answer is not a queue", { p50Ms: 3_000, p99Ms: 3_100, elapsedMs: 7_000 }, undefined],
  ["more comes in than goes out", { p50Ms: 2_000, p99Ms: 4_000, elapsedMs: 9_000 }, "behind"],
  ["one of a thousand may fail", { sent: 1_000, failed: 1 }, undefined],
  ["three of a thousand may not", { sent: 1_000, failed: 3 }, "failing"],
  ["nothing was answered", { p50Ms: null, p99Ms: null }, "failing"],
] as const)("%s", (_name, part, trouble) => {
  const step = { rps: 4, seconds: 4, sent: 16, failed: 0, p50Ms: 50, p99Ms: 60, elapsedMs: 4_050, lagMs: 5, ...part };
  const rps = step.sent / 4;
  expect(troubleOf({ ...step, rps }, [])).toBe(trouble);
});

test.each([
  [71.9, 71],
  [9.99, 9.9],
  [0.55, 0.5],
  [10, 10],
  [0.3, 0.3],
])("%s is written as %s", (rps, written) => {
  expect(roundedDown(rps)).toBe(written);
});
