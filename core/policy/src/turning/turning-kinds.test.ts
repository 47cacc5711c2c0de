import { describe, expect, test } from "vitest";
import { fleetConfig, observe, ok, onReplicas, onWorkers, Scaler, worker } from "../../test/world.ts";
import type { Decision } from "../decision/decision.ts";
import { turningPoints } from "./turning-points.ts";

/** What a worker tells of a service with so many replicas, which use the CPU of so many. */
const servedBy = (count: number, busy: number) => ({
  requestsPerSecond: ok(0),
  meanSeconds: ok(0.05),
  replicasReady: ok(count),
  timedReplicas: ok(count),
  busyReplicas: ok(busy),
});

/** A kind of service, and a fleet of it whose workers have so many replicas each, where the measure is at a value. */
const kinds = {
  "the CPU of its replicas": {
    service: { path: "/", port: 80, memory: "64m" },
    at: (value: number, replicas: readonly number[], seconds: number) =>
      observe(
        seconds,
        replicas.map((count, index) =>
          worker(`i-${index}`, 1, count, { services: { web: servedBy(count, value / replicas.length) } }),
        ),
      ),
    // Each worker by its own CPU.
    perWorker: true,
    measure: "replica-cpu",
  },
  "a signal of its own": {
    service: { memory: "64m", signals: [{ name: "queue", query: "max(q)", target: 5 }] },
    at: (value: number, replicas: readonly number[], seconds: number) => ({
      ...observe(
        seconds,
        replicas.map((count, index) => worker(`i-${index}`, 0, count, { services: { web: servedBy(count, 0) } })),
      ),
      signals: { web: { queue: ok(value) } },
    }),
    perWorker: false,
    measure: "signal",
  },
};

describe.each(Object.entries(kinds))("a service that goes by %s changes where it says", (_what, kind) => {
  const { at, measure, perWorker } = kind;
  const config = (min: number) => fleetConfig({ workers: { min, max: 6 }, services: { web: kind.service } });
  const pointAt = (value: number, replicas: readonly number[], target: string) => {
    const { config: fleet, memory } = new Scaler(config(1));
    const observation = at(value, replicas, 0);
    const point = turningPoints({ config: fleet, observation, memory, limits: [] }).find(
      (each) => each.target === target,
    );
    return point ?? expect.fail(`no ${target}`);
  };
  /** What is decided of a target while a value lasts for longer than every window, holds left out. */
  const decided = (
    value: number,
    { least, replicas }: { readonly least: number; readonly replicas: readonly number[] },
    told: (decisions: readonly Decision[]) => string,
  ) => {
    const scaler = new Scaler(config(least));
    const all: string[] = [];
    for (let seconds = 0; seconds <= 900; seconds += 5) all.push(told(scaler.tick(at(value, replicas, seconds))));
    return all.find((text) => !text.startsWith("hold")) ?? "hold";
  };

  test.each([0, 1])("replicas of worker %i of two", (index) => {
    const replicas = [3, 3];
    const id = `i-${index}`;
    const { growsAbove = 0, shrinksBelow = 0, ...point } = pointAt(22, replicas, `replicas/${id}/web`);
    expect(point).toMatchObject({ measure, service: "web", now: perWorker ? 11 : 22 });
    // What the fleet has in all, so that this worker has that.
    const inAll = (value: number) => (perWorker ? value * replicas.length : value);
    const on = (value: number) =>
      decided(inAll(value), { least: 2, replicas }, (decisions) => onReplicas(decisions, id));
    expect(on(growsAbove * 1.001)).toMatch(/^scale-containers 3>4/);
    expect(on(growsAbove * 0.999)).toBe("hold");
    expect(on(shrinksBelow * 0.999)).toMatch(/^scale-containers 3>2/);
    expect(on(shrinksBelow * 1.001)).toBe("hold");
  });

  test("workers", () => {
    const replicas = [10, 10];
    const { growsAbove = 0, shrinksBelow = 0, ...point } = pointAt(perWorker ? 8 : 60, replicas, "workers");
    expect(point).toMatchObject({ measure, service: "web" });
    const on = (value: number) => decided(value, { least: 1, replicas }, onWorkers);
    expect(on(growsAbove * 1.01)).toMatch(/^set-capacity 2>3/);
    expect(on(growsAbove * 0.99)).toBe("hold");
    expect(on(shrinksBelow * 0.99)).toMatch(/^drain-worker/);
    expect(on(shrinksBelow * 1.01)).toBe("hold");
  });
});
