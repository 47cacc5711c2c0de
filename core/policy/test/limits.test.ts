import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  askedBounds,
  decide,
  emptyMemory,
  LIMIT_SOURCES,
  type Limit,
  limitOf,
  limitsInForce,
  type Observation,
  type Override,
  renderReason,
} from "../src/index.ts";
import { type Asked, blindWorker, fleetConfig, observe, onReplicas, onWorkers, Scaler, worker } from "./world.ts";

const kept = { by: "ann", reason: "sale", expiresAtMs: 1e9 };
const atLeast = (min: number): Override => ({ id: "l", kind: "limit-workers", min, ...kept });
const atMost = (max: number): Override => ({ id: "m", kind: "limit-workers", max, ...kept });
const pause = (direction: "in" | "out" | "all"): Override => ({ id: "p", kind: "pause", direction, ...kept });
const pin = (workers: number): Override => ({ id: "w", kind: "pin-workers", workers, ...kept });
const replicas = (change: { min?: number; max?: number }): Override => ({
  id: "r",
  kind: "limit-replicas",
  service: "web",
  ...kept,
  ...change,
});

const serving =
  (count: number, load: number, running = 10) =>
  (seconds: number): Observation =>
    observe(
      seconds,
      Array.from({ length: count }, (_, index) => worker(`i-${index + 1}`, load / count, running)),
    );
/** What is decided after `seconds` of the same. */
function after(seconds: number, at: (seconds: number) => Observation, asked: Asked) {
  return new Scaler().watch(0, seconds, at, asked);
}

describe("the worker group", () => {
  test.each<[rule: string, at: (seconds: number) => Observation, overrides: readonly Override[], wanted: string]>([
    ["at least: scales out to it at once", serving(1, 100), [atLeast(4)], "set-capacity 1>4 limit-min"],
    ["at least: stays there though the load needs fewer", serving(4, 100), [atLeast(4)], "hold limit-min"],
    [
      "at least: above it the load scales in as always",
      serving(5, 100),
      [atLeast(4)],
      "drain-worker i-1 5>4 load-needs-fewer",
    ],
    ["at least: more load is served as always", serving(4, 4600), [atLeast(4)], "set-capacity 4>6 load-needs-more"],
    [
      "at most: scales in to it although more is needed",
      serving(4, 3000),
      [atMost(2)],
      "drain-worker i-1 4>3 limit-max",
    ],
    ["at most: stays there, and says so", serving(2, 3000), [atMost(2)], "hold limit-max"],
    ["at most: scales out as far as it allows", serving(1, 3000), [atMost(2)], "set-capacity 1>2 load-needs-more"],
    [
      "outside the bounds of the fleet: as far as those allow",
      serving(1, 100),
      [atLeast(40)],
      "set-capacity 1>6 limit-min",
    ],
    [
      "of two that contradict each other the newer is heard",
      serving(4, 100),
      [atLeast(5), atMost(3)],
      "drain-worker i-1 4>3 limit-max",
    ],
    ["a newer bound opens an older pin", serving(2, 100), [pin(2), atLeast(4)], "set-capacity 2>4 limit-min"],
    ["scale-in is paused: nobody is drained", serving(4, 100), [pause("in")], "hold paused"],
    ["scale-in is paused: more load is served", serving(1, 1900), [pause("in")], "set-capacity 1>3 load-needs-more"],
    ["scale-out is paused: nothing is launched", serving(1, 1900), [pause("out")], "hold paused"],
    [
      "scale-out is paused: the load scales in as always",
      serving(4, 100),
      [pause("out")],
      "drain-worker i-1 4>3 load-needs-fewer",
    ],
    ["paused: nothing", serving(1, 1900), [pause("all")], "hold paused"],
  ])("%s", (_rule, at, overrides, wanted) => {
    expect(onWorkers(after(400, at, { overrides }))).toBe(wanted);
  });

  test("scale-in is paused while a worker drains: it is not ended", () => {
    const at = (seconds: number) =>
      observe(seconds, [worker("i-1", 100, 10), worker("i-2", 0, 10, { draining: true })]);
    expect(onWorkers(after(100, at, { overrides: [pause("in")] }))).toBe("hold paused");
    expect(onWorkers(after(100, at, {}))).toContain("terminate-worker i-2");
  });

  test("a dead worker is replaced although scaling in is paused", () => {
    const dead = { ...blindWorker("i-3"), reached: false };
    const at = (seconds: number) => observe(seconds, [worker("i-1", 900, 10), worker("i-2", 900, 10), dead]);
    expect(onWorkers(after(100, at, { overrides: [pause("in")] }))).toContain("replace-worker i-3");
  });

  test("it ends by itself, and the load rules again", () => {
    const scaler = new Scaler();
    const overrides: readonly Override[] = [{ ...atLeast(4), expiresAtMs: 600_000 }];
    expect(onWorkers(scaler.watch(0, 595, serving(4, 100), { overrides }))).toBe("hold limit-min");
    expect(onWorkers(scaler.watch(600, 600, serving(4, 100), { overrides }))).toBe(
      "drain-worker i-1 4>3 load-needs-fewer",
    );
  });
});

describe("replicas", () => {
  test.each<[rule: string, load: number, running: number, overrides: readonly Override[], wanted: string]>([
    ["at least: scales out to it", 60, 1, [replicas({ min: 4 })], "scale-containers 1>4 limit-min"],
    [
      "at least: to what is needed, where that is more",
      500,
      1,
      [replicas({ min: 4 })],
      "scale-containers 1>8 limit-min",
    ],
    ["at least: stays", 60, 4, [replicas({ min: 4 })], "hold limit-min"],
    ["at most: scales in to it", 500, 8, [replicas({ max: 3 })], "scale-containers 8>3 limit-max"],
    ["at most: stays", 500, 3, [replicas({ max: 3 })], "hold limit-max"],
    ["at most: scales out as far", 500, 1, [replicas({ max: 3 })], "scale-containers 1>3 load-needs-more"],
    ["scale-out is paused", 500, 1, [pause("out")], "hold paused"],
    ["scale-in is paused", 60, 4, [pause("in")], "hold paused"],
    ["of another service: nothing", 60, 1, [{ ...replicas({ min: 4 }), service: "api" } as Override], "hold steady"],
  ])("%s", (_rule, load, running, overrides, wanted) => {
    const decisions = after(wanted.startsWith("hold") ? 700 : 0, serving(1, load, running), { overrides });
    expect(onReplicas(decisions, "i-1")).toBe(wanted);
  });
});

test("a reason says who, until when and why", () => {
  const [decision] = after(0, serving(2, 3000), { overrides: [atMost(2)] });
  expect(decision && renderReason(decision.reason)).toBe("at most 2 by ann until 13:46:40 UTC (sale); 4 are needed");
});

const limits = fc.array(
  fc.record({
    id: fc.constant("x"),
    source: fc.constantFrom(...LIMIT_SOURCES),
    target: fc.constantFrom({ kind: "workers" } as const, { kind: "replicas", service: "web" } as const),
    min: fc.option(fc.integer({ min: -5, max: 20 }), { nil: undefined }),
    max: fc.option(fc.integer({ min: -5, max: 20 }), { nil: undefined }),
    by: fc.constant("ann"),
    untilMs: fc.option(fc.integer({ min: -1, max: 1000 }), { nil: undefined }),
  }),
  { maxLength: 6 },
);
const defined = (found: readonly object[]) => found as readonly Limit[];

test("whatever is asked for stays within the bounds, and the least never exceeds the most", () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }), (found, min, more) => {
      const max = min + more;
      const { least, most } = askedBounds(limitsInForce(defined(found), 0), undefined, { min, max });
      expect(min <= least && least <= most && most <= max).toBe(true);
    }),
  );
});

test("no history of limits takes the group out of them, or changes a number that is paused", () => {
  const config = fleetConfig();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 6000 }), limits, fc.constantFrom(undefined, "in", "out", "all")), {
        minLength: 1,
        maxLength: 8,
      }),
      (story) => {
        let memory = emptyMemory(0);
        let desired = 2;
        for (const [index, [load, found, paused]] of story.entries()) {
          const overrides = paused ? [pause(paused as "in")] : [];
          const atMs = index * 400_000;
          for (let tick = 0; tick < 3; tick++) {
            const observation = serving(desired, load)((atMs + tick * 5000) / 1000);
            const asked = defined(found).map(({ untilMs: _ended, ...limit }) => limit);
            const output = decide({
              config,
              observation,
              signals: [],
              overrides,
              limits: asked,
              memory,
              inFlight: new Set(),
            });
            memory = output.memory;
            const [decision] = output.decisions;
            if (!decision || decision.kind === "hold" || decision.kind === "scale-containers") continue;
            const { least, most } = askedBounds(limitsInForce(asked, 0), undefined, { min: 1, max: 6 });
            if (decision.to > desired) expect(paused !== "out" && paused !== "all" && decision.to <= most).toBe(true);
            if (decision.to < desired) expect(paused !== "in" && paused !== "all" && decision.to >= least).toBe(true);
            desired = decision.to;
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("every kind of override is a limit, and says the same in both forms", () => {
  expect(limitOf(pin(3))).toMatchObject({ target: { kind: "workers" }, min: 3, max: 3, by: "ann", untilMs: 1e9 });
  expect(limitOf({ id: "p", kind: "pause", by: "eva", expiresAtMs: 5 })).toMatchObject({
    target: { kind: "fleet" },
    pause: "all",
  });
});
