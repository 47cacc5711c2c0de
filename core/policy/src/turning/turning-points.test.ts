import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fleetConfig, missing, observe, ok, onReplicas, onWorkers, Scaler, worker } from "../../test/world.ts";
import type { Limit } from "../limits/limit.ts";
import { turningPoints } from "./turning-points.ts";

type Load = (requestsPerSecond: number, atSeconds?: number) => ReturnType<typeof observe>;

/** What would change a target, by one look at a scaler that has just started. */
function turningAt(observation: ReturnType<typeof observe>, target: string, limits: readonly Limit[] = []) {
  const { config, memory } = new Scaler();
  const point = turningPoints({ config, observation, memory, limits }).find((each) => each.target === target);
  if (point === undefined) throw new Error(`no ${target}`);
  return point;
}

/** What is decided at a load: at once, and after it has lasted for longer than every window. */
function decided(load: number, observed: Load) {
  const scaler = new Scaler();
  const first = scaler.tick(observed(load));
  return { first, last: scaler.watch(5, 900, (at) => observed(load, at)) };
}

describe("what would change a target is where the policy's decision changes", () => {
  test("replicas", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.double({ min: 1, max: 900, noNaN: true }), (replicas, load) => {
        const observed: Load = (rate, at = 0) => observe(at, [worker("i-1", rate, replicas)]);
        const { growsAbove = 0, now, shrinksBelow = 0 } = turningAt(observed(load), "replicas/i-1/web");
        expect(now).toBe(load);
        const on = (rate: number) => {
          const { first, last } = decided(rate, observed);
          return [onReplicas(first, "i-1"), onReplicas(last, "i-1")];
        };
        expect(on(growsAbove * 1.001)[0]).toMatch(/^scale-containers .*load-needs-more$/);
        expect(on(growsAbove * 0.999)).toEqual(["hold steady", "hold steady"]);
        expect(on(shrinksBelow * 0.999)[1]).toBe(`scale-containers ${replicas}>${replicas - 1} load-needs-fewer`);
        expect(on(shrinksBelow * 1.001)[1]).toMatch(/^hold/);
      }),
      { numRuns: 3 },
    );
  });

  test.each([2, 5])("%i workers", (count) => {
    const observed: Load = (rate, at = 0) =>
      observe(
        at,
        Array.from({ length: count }, (_, index) => worker(`i-${index}`, rate / count, 10)),
      );
    const on = (rate: number) => decided(rate, observed);
    const { growsAbove = 0, shrinksBelow = 0 } = turningAt(observed(count * 600), "workers");
    expect(onWorkers(on(growsAbove * 1.001).first)).toMatch(/^set-capacity .*load-needs-more$/);
    expect(onWorkers(on(growsAbove * 0.999).last)).toMatch(/^hold/);
    expect(onWorkers(on(shrinksBelow * 0.999).last)).toMatch(/^drain-worker .*load-needs-fewer$/);
    expect(onWorkers(on(shrinksBelow * 1.001).last)).toMatch(/^hold/);
  });
});

describe("nothing is said", () => {
  test("of more at the maximum, of fewer at the minimum", () => {
    const full = observe(0, [worker("i-1", 5_000, 10)]);
    expect(turningAt(full, "replicas/i-1/web")).toMatchObject({ growsAbove: undefined });
    const least = observe(0, [worker("i-1", 5, 1)]);
    expect(turningAt(least, "replicas/i-1/web")).toMatchObject({ growsAbove: 70, shrinksBelow: undefined });
    expect(turningAt(least, "workers").shrinksBelow).toBeUndefined();
  });

  test("of more or fewer than a limit allows", () => {
    const limit = { id: "l", source: "override", target: { kind: "replicas", service: "web" }, by: "eva" } as const;
    const held = observe(0, [worker("i-1", 300, 5)]);
    const at = (bounds: object) => turningAt(held, "replicas/i-1/web", [{ ...limit, ...bounds }]);
    expect(at({ min: 5, max: 5 })).toMatchObject({ growsAbove: undefined, shrinksBelow: undefined });
    expect(at({ max: 7 })).toMatchObject({ growsAbove: 350 });
  });

  test("of a load that cannot be read: unknown is never 0", () => {
    const services = { web: { requestsPerSecond: missing, meanSeconds: missing, replicasReady: ok(3) } };
    const blind = observe(0, [worker("i-1", 0, 3, { services })]);
    expect(turningAt(blind, "replicas/i-1/web")).toMatchObject({ now: undefined, growsAbove: 210 });
  });

  test("of a group that cannot be read", () => {
    const observation = { ...observe(0, []), group: { ok: false, problem: "throttled" } as const };
    const { memory } = new Scaler();
    expect(turningPoints({ config: fleetConfig(), observation, memory, limits: [] })).toEqual([]);
  });
});
