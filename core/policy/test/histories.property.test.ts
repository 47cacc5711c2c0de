import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Observation,
  type Reading,
  renderReason,
  type Signal,
  targetKey,
  targetOf,
  type WorkerObservation,
} from "../src/index.ts";
import { blindWorker, fleetConfig, missing, observe, ok, Scaler, worker } from "./world.ts";

const reading: fc.Arbitrary<Reading> = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0, max: 5000, noNaN: true }).map(ok) },
  { weight: 1, arbitrary: fc.constant(missing) },
);

const workerOf = (id: string) =>
  fc
    .record({
      load: reading,
      arrivals: reading,
      ready: fc.oneof(fc.integer({ min: 0, max: 12 }).map(ok), fc.constant(missing)),
      cpu: reading.map((r) => (r.ok ? ok(Math.min(1, r.value / 5000)) : r)),
      state: fc.constantFrom("pending" as const, "in-service" as const, "in-service" as const, "terminating" as const),
      up: fc.boolean(),
      isUnhealthy: fc.boolean(),
      draining: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    })
    .map(({ load, arrivals, ready, cpu, state, up, isUnhealthy, draining }) =>
      worker(id, 0, 0, {
        state,
        up,
        draining,
        isUnhealthy,
        cpuRatio: cpu,
        arrivalsPerSecond: arrivals,
        completionsPerSecond: load,
        openRequests: load.ok ? ok(Math.ceil(load.value)) : missing,
        services: { web: { requestsPerSecond: load, meanSeconds: ok(0.05), replicasReady: ready } },
      }),
    );

/** What is left of a worker while Prometheus cannot be read: the group's listing. */
const unread = ({ id, state, isUnhealthy, draining }: WorkerObservation): WorkerObservation => ({
  ...blindWorker(id),
  state,
  draining,
  ...(isUnhealthy && { isUnhealthy }),
});

interface Step {
  readonly observation: Observation;
  readonly signals: readonly Signal[];
  readonly restart: boolean;
}

/** Any world at any time: clock jumps both ways, restarts, blindness, arbitrary alerts. */
const step: fc.Arbitrary<Step> = fc
  .record({
    atSeconds: fc.integer({ min: 0, max: 20_000 }),
    workers: fc.tuple(workerOf("i-1"), workerOf("i-2"), workerOf("i-3")),
    count: fc.integer({ min: 0, max: 3 }),
    desired: fc.integer({ min: 0, max: 9 }),
    readable: fc.boolean(),
    demand: reading,
    signals: fc.array(
      fc.record({
        id: fc.constantFrom("a", "b", "c"),
        kind: fc.constantFrom("test" as const, "alert" as const),
        scale: fc.constantFrom("containers" as const, "instances" as const),
        direction: fc.constantFrom("up" as const, "down" as const),
      }),
      { maxLength: 3 },
    ),
    restart: fc.boolean(),
  })
  .map(({ atSeconds, workers, count, desired, readable, demand, signals, restart }) => ({
    observation: {
      ...observe(atSeconds, workers.slice(0, count).map(readable ? (seen) => seen : unread), { desired }),
      metricsReadable: readable,
      demand: { web: readable ? demand : missing },
    },
    signals,
    restart,
  }));

test("any history keeps min ≤ desired ≤ max, scales in only with fresh data, and gives a reason for every target", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      let scaler = new Scaler();
      for (const { observation, signals, restart } of steps) {
        if (restart) scaler = new Scaler(scaler.config, observation.atMs / 1000);
        const decisions = scaler.tick(observation, { signals });
        const keys = decisions.map((decision) => targetKey(targetOf(decision)));
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).toContain("workers");
        for (const decision of decisions) {
          expect(renderReason(decision.reason)).not.toMatch(/undefined|NaN|Infinity/);
          if (decision.kind === "hold") continue;
          const max = decision.kind === "scale-containers" ? 10 : 6;
          expect(decision.to).toBeLessThanOrEqual(
            Math.max(max, decision.kind === "scale-containers" || decision.kind === "set-capacity" ? 0 : decision.from),
          );
          expect(decision.to).toBeGreaterThanOrEqual(1);
          const scalesIn = decision.to < decision.from && decision.reason.code !== "above-max";
          if (scalesIn && decision.kind !== "scale-containers") expect(observation.demand.web?.ok).toBe(true);
          if (scalesIn && decision.kind === "scale-containers" && observation.group.ok) {
            const observed = observation.group.value.workers.find(({ id }) => id === decision.worker);
            expect(observed?.services.web?.requestsPerSecond.ok).toBe(true);
          }
        }
      }
    }),
    { numRuns: 500 },
  );
}, 60_000);

/** A fleet whose waits are a few ticks long, so that random histories reach every end. */
const hasty = fleetConfig({
  scaling: {
    workers: { scaleInWindowSeconds: 10, unhealthySeconds: 8 },
    drain: { quietSeconds: 5, deadlineSeconds: 40 },
  },
});

const lively = fc.array(
  fc.record({
    seconds: fc.integer({ min: 1, max: 4 }),
    load: fc.constantFrom(0, 0, 0, 30, 900, 1500),
    up: fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }), {
      minLength: 3,
      maxLength: 3,
    }),
    restart: fc.constantFrom(false, false, false, false, false, false, false, true),
    obeys: fc.constantFrom(true, true, true, false),
  }),
  { minLength: 20, maxLength: 80 },
);

test("a worker is terminated only while it drains and is quiet or dead, or at the deadline; and two never drain", () => {
  let terminated = 0;
  fc.assert(
    fc.property(lively, (steps) => {
      let scaler = new Scaler(hasty);
      const drains = new Set<string>();
      // Since when each worker has drained, been quiet meanwhile, been down; seconds. The test's own book, beside the policy's.
      const since = {
        drains: new Map<string, number>(),
        quiet: new Map<string, number>(),
        down: new Map<string, number>(),
      };
      const keep = (book: Map<string, number>, id: string, holds: boolean, at: number) =>
        holds ? book.set(id, book.get(id) ?? at) : book.delete(id);
      let at = 0;
      for (const { seconds, load, up, restart, obeys } of steps) {
        at += seconds;
        if (restart) scaler = new Scaler(hasty, at);
        const workers = ["i-1", "i-2", "i-3"].map((id, index) =>
          up[index]
            ? worker(id, load / 3, 3, { draining: drains.has(id) })
            : { ...blindWorker(id), draining: drains.has(id) },
        );
        for (const { id, up: answers, draining } of workers) {
          keep(since.drains, id, draining, at);
          keep(since.quiet, id, draining && answers && load === 0, at);
          keep(since.down, id, !answers, at);
        }
        const [decision] = scaler.tick(observe(at, workers));
        if (decision?.kind === "drain-worker" && obeys) drains.add(decision.worker);
        if (decision?.kind === "cancel-drain" && obeys) drains.delete(decision.worker);
        expect(drains.size).toBeLessThanOrEqual(1);
        if (decision?.kind !== "terminate-worker") continue;
        terminated++;
        const lasts = (book: Map<string, number>, least: number) =>
          at - (book.get(decision.worker) ?? Number.POSITIVE_INFINITY) >= least;
        expect(lasts(since.drains, 0)).toBe(true);
        expect(lasts(since.quiet, 5) || lasts(since.down, 8) || lasts(since.drains, 40)).toBe(true);
        return;
      }
    }),
    { numRuns: 200 },
  );
  // Otherwise it would have shown nothing.
  expect(terminated).toBeGreaterThan(20);
}, 60_000);

const blindness = fc.array(
  fc.record({
    seconds: fc.integer({ min: 1, max: 4 }),
    load: fc.constantFrom(0, 30, 300, 900),
    readable: fc.constantFrom(true, true, false, false, false),
    listed: fc.array(fc.constantFrom<"yes" | "dead" | "no">("yes", "yes", "yes", "dead", "no"), {
      minLength: 3,
      maxLength: 3,
    }),
    restart: fc.constantFrom(false, false, false, false, false, false, false, true),
  }),
  { minLength: 10, maxLength: 40 },
);

test("while Prometheus cannot be read nothing goes down, and replicas go up for a worker that was lost, within max", () => {
  let ups = 0;
  fc.assert(
    fc.property(blindness, (steps) => {
      let scaler = new Scaler(hasty);
      let at = 0;
      for (const { seconds, load, readable, listed, restart } of steps) {
        at += seconds;
        if (restart) scaler = new Scaler(hasty, at);
        const workers = ["i-1", "i-2", "i-3"].flatMap((id, index) => {
          if (listed[index] === "no") return [];
          const dead = listed[index] === "dead" ? { isUnhealthy: true } : {};
          return [{ ...(readable ? worker(id, load, 3) : blindWorker(id)), ...dead }];
        });
        const world = observe(at, workers);
        const decisions = scaler.tick(
          readable ? world : { ...world, metricsReadable: false, demand: { web: missing } },
        );
        if (readable) continue;
        for (const decision of decisions) {
          if (decision.kind === "hold") continue;
          expect(decision.to).toBeGreaterThan(decision.from);
          if (decision.kind !== "scale-containers") continue;
          ups++;
          expect(decision.reason.code).toBe("blind-worker-lost");
          expect(decision.to).toBeLessThanOrEqual(10);
        }
      }
    }),
    { numRuns: 200 },
  );
  // Otherwise it would have shown nothing.
  expect(ups).toBeGreaterThan(20);
}, 60_000);

test("a tick repeated on a world that followed it decides nothing new", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 900, noNaN: true }), fc.integer({ min: 1, max: 10 }), (load, replicas) => {
      const scaler = new Scaler();
      const [, first] = scaler.tick(observe(0, [worker("i-1", load, replicas)]));
      const now = first?.kind === "scale-containers" ? first.to : replicas;
      const [, second] = scaler.tick(observe(5, [worker("i-1", load, now)]));
      expect(second?.kind).toBe("hold");
    }),
  );
});
