import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WorkerObservation } from "../src/index.ts";
import { blindWorker, fleetConfig, observe, onWorkers, Scaler, worker } from "./world.ts";

const ENDS = /drain-worker|terminate-worker|replace-worker/;
type Reached = WorkerObservation["reached"];
const REACHED: readonly Reached[] = [true, false, "unknown", undefined];
/** Long after every boot: nobody counts as booting. */
const LATER = 10_000;

/** Workers that the load of `fleetOf` needs: each carries 900 requests per second. */
const needOf = (load: number) => Math.ceil(load * 0.6);
/** Workers that are reached so and share a load, in units of 540 requests per second: within any tolerance. Each was launched long ago. */
const fleetOf = (reached: readonly Reached[], load: number) => (at: number) =>
  observe(
    at,
    reached.map((one, index) =>
      worker(`i-${index + 1}`, (540 * load) / reached.length, 10, {
        ...(one !== undefined && { reached: one }),
      }),
    ),
  );
const watched = (reached: readonly Reached[], load: number) => {
  const scaler = new Scaler(fleetConfig(), LATER);
  return onWorkers(scaler.watch(LATER, LATER + 400, fleetOf(reached, load)));
};

describe("capacity for scale-in is whom the load balancer reaches", () => {
  test.each([
    ["all are reached", [true, true, true], "drain-worker"],
    ["nobody was asked: what Prometheus sees serve counts", [undefined, undefined, undefined], "drain-worker"],
    ["one gets no traffic, though it serves", [true, true, false], "hold too-few-serve"],
    ["nobody knows of one", [true, true, "unknown"], "hold too-few-serve"],
    ["nobody knows of anybody", ["unknown", "unknown", "unknown"], "hold too-few-serve"],
  ] as const)("three workers, load for two: %s", (_what, reached, decision) => {
    // The one drained first is reached: where another is not, one would be left.
    expect(watched(reached, 2)).toMatch(new RegExp(`^${decision}`));
  });

  test("whoever is reached, nobody is drained unless those that are left and reached carry the load", () => {
    let drains = 0;
    const state = fc.constantFrom(...REACHED);
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 6 }), (reached, load) => {
        const decision = watched(reached, load);
        if (!ENDS.test(decision)) return;
        drains += 1;
        const victim = Number(/i-(\d)/.exec(decision)?.[1]) - 1;
        const left = reached.filter((one, index) => index !== victim && (one ?? true) === true).length;
        expect(left).toBeGreaterThanOrEqual(needOf(load));
      }),
      { numRuns: 40 },
    );
    expect(drains).toBeGreaterThan(0);
  }, 120_000);

  test("one that is being registered boots: no scale-in until it is reached, or has had its time", () => {
    const scaler = new Scaler(fleetConfig());
    const booting = (at: number) =>
      observe(at, [
        worker("i-1", 200, 10, { reached: true }),
        worker("i-2", 200, 10, { reached: true }),
        worker("i-3", 0, 10, { reached: false, launchedAtMs: 0 }),
      ]);
    expect(onWorkers(scaler.watch(0, 895, booting))).toBe("hold worker-booting");
    expect(onWorkers(scaler.tick(booting(900)))).toBe("drain-worker i-3 3>2 load-needs-fewer");
  });
});

test("who has drained is not ended while too few of the others are reached; one that gets no traffic brings it back", () => {
  const drained = (reached: Reached) => (at: number) =>
    observe(at, [
      worker("i-1", 0, 10, { draining: true, reached: false }),
      worker("i-2", 700, 10, { reached: true }),
      worker("i-3", 700, 10, { ...(reached !== undefined && { reached }) }),
    ]);
  const after = (reached: Reached) => {
    const scaler = new Scaler(fleetConfig(), LATER);
    scaler.watch(LATER, LATER + 10, drained(true));
    const decisions = Array.from({ length: 12 }, (_, tick) =>
      onWorkers(scaler.tick(drained(reached)(LATER + 15 + 5 * tick))),
    );
    return decisions.find((decision) => !decision.startsWith("hold")) ?? decisions.at(-1);
  };
  expect(after(true)).toMatch(/^terminate-worker i-1/);
  expect(after(undefined)).toMatch(/^terminate-worker i-1/);
  expect(after("unknown")).toBe("hold too-few-serve");
  expect(after(false)).toMatch(/^cancel-drain i-1/);
});

test("whoever is reached, what the load needs is launched all the same", () => {
  for (const one of REACHED) {
    const scaler = new Scaler(fleetConfig(), LATER);
    expect(onWorkers(scaler.tick(fleetOf([one, one], 6)(LATER)))).toMatch(/^set-capacity 2>4/);
  }
});

test.each([
  [true, "hold"],
  ["unknown", "hold"],
  [false, "replace-worker i-2"],
  [undefined, "replace-worker i-2"],
] as const)(
  "a worker that Prometheus has never seen up, reached: %s, is given up only where nobody else reaches it",
  (reached, decision) => {
    const scaler = new Scaler(fleetConfig({ workers: { min: 2, max: 6 } }));
    const unseen = (at: number) =>
      observe(at, [
        worker("i-1", 700, 10),
        { ...blindWorker("i-2"), state: "pending", ...(reached !== undefined && { reached }) },
      ]);
    expect(onWorkers(scaler.watch(0, 900, unseen))).toMatch(new RegExp(`^${decision}`));
  },
);
