import { describe, expect, test } from "vitest";
import type { Signal } from "../src/index.ts";
import { blindWorker, missing, observe, onReplicas, onWorkers, Scaler, worker } from "./world.ts";

const testAlert = (change: Partial<Signal> = {}): Signal => ({
  id: "f1@t1",
  kind: "test",
  scale: "containers",
  direction: "up",
  ...change,
});
const one = (at: number, load: number, replicas: number) => observe(at, [worker("i-1", load, replicas)]);

describe("a test alert", () => {
  test("takes exactly one step up, holds it until it ends, then lets go", () => {
    const scaler = new Scaler();
    scaler.watch(0, 600, (at) => one(at, 10, 1));
    const signals = [testAlert()];
    expect(onReplicas(scaler.tick(one(605, 10, 1), { signals }), "i-1")).toBe("scale-containers 1>2 test-step");
    expect(
      onReplicas(
        scaler.watch(610, 2000, (at) => one(at, 10, 2), { signals }),
        "i-1",
      ),
    ).toBe("hold test-step");
    expect(onReplicas(scaler.tick(one(2005, 10, 2)), "i-1")).toBe("scale-containers 2>1 load-needs-fewer");
  });

  test("takes one step down, but holds the rest", () => {
    const scaler = new Scaler();
    const signals = [testAlert({ direction: "down" })];
    expect(onReplicas(scaler.tick(one(0, 10, 5), { signals }), "i-1")).toBe("scale-containers 5>4 test-step");
    expect(
      onReplicas(
        scaler.watch(5, 500, (at) => one(at, 10, 4), { signals }),
        "i-1",
      ),
    ).toBe("hold window-holds");
  });

  test.each<[string, Partial<Signal>, number, number, string]>([
    ["up is refused at max", {}, 5000, 10, "hold at-max"],
    ["down is refused at min", { direction: "down" }, 10, 1, "hold steady"],
    ["down is refused where the load needs what runs", { direction: "down" }, 330, 5, "hold steady"],
    ["another service is none of its business", { service: "other" }, 10, 1, "hold steady"],
    ["another worker is none of its business", { worker: "i-9" }, 10, 1, "hold steady"],
    [
      "of its own worker and service it steps",
      { worker: "i-1", service: "web" },
      10,
      1,
      "scale-containers 1>2 test-step",
    ],
  ])("%s", (_rule, change, load, replicas, expected) => {
    expect(onReplicas(new Scaler().tick(one(0, load, replicas), { signals: [testAlert(change)] }), "i-1")).toBe(
      expected,
    );
  });

  test("that names no worker steps on one of them only, the busiest", () => {
    const decisions = new Scaler().tick(observe(0, [worker("i-1", 10, 1), worker("i-2", 60, 1)]), {
      signals: [testAlert()],
    });
    expect(onReplicas(decisions, "i-1")).toBe("hold steady");
    expect(onReplicas(decisions, "i-2")).toBe("scale-containers 1>2 test-step");
  });

  test("load beats a step down that is held", () => {
    const scaler = new Scaler();
    const signals = [testAlert({ direction: "down" })];
    scaler.tick(one(0, 10, 5), { signals });
    expect(onReplicas(scaler.tick(one(5, 400, 4), { signals }), "i-1")).toBe("scale-containers 4>6 load-needs-more");
  });

  test("contradicting ones resolve up", () => {
    const signals = [testAlert({ id: "a", direction: "down" }), testAlert({ id: "b" })];
    expect(onReplicas(new Scaler().tick(one(0, 10, 5), { signals }), "i-1")).toBe("scale-containers 5>6 test-step");
  });

  test("two different ones on instances: one step each way, within bounds", () => {
    const up = testAlert({ scale: "instances" });
    expect(onWorkers(new Scaler().tick(one(0, 10, 1), { signals: [up] }))).toBe("set-capacity 1>2 test-step");
    const down = testAlert({ scale: "instances", direction: "down" });
    const two = observe(0, [worker("i-1", 10, 1), worker("i-2", 10, 1)]);
    expect(onWorkers(new Scaler().tick(two, { signals: [down] }))).toBe("drain-worker i-1 2>1 test-step");
    expect(onWorkers(new Scaler().tick(one(0, 10, 1), { signals: [down] }))).toBe("hold steady");
  });

  test("about a worker that is not in the group asks for nothing, of the group neither", () => {
    const scaler = new Scaler();
    const signals = [testAlert({ scale: "instances", worker: "i-9" })];
    expect(onWorkers(scaler.tick(one(0, 10, 1), { signals }))).toBe("hold steady");
    expect(scaler.memory.steps).toEqual({});
    const here = [testAlert({ scale: "instances", worker: "i-1" })];
    expect(onWorkers(scaler.tick(one(5, 10, 1), { signals: here }))).toBe("set-capacity 1>2 test-step");
  });
});

describe("an ordinary alert", () => {
  const blind = (at: number) => ({
    ...observe(at, [blindWorker("i-1")]),
    metricsReadable: false,
    demand: { web: missing },
  });
  const alert = (change: Partial<Signal> = {}) => testAlert({ kind: "alert", ...change });

  test("only wakes: the numbers decide", () => {
    expect(onReplicas(new Scaler().tick(one(0, 10, 1), { signals: [alert()] }), "i-1")).toBe("hold steady");
  });

  test("while Prometheus cannot be read, is one step up per alert, however often repeated", () => {
    const scaler = new Scaler();
    scaler.tick(one(0, 150, 2)); // commands 3, so the number is known
    expect(onReplicas(scaler.tick(blind(5), { signals: [alert()] }), "i-1")).toBe("scale-containers 3>4 blind-step-up");
    expect(onReplicas(scaler.watch(10, 60, blind, { signals: [alert()] }), "i-1")).toBe("hold metrics-blind");
    expect(onReplicas(scaler.tick(blind(65), { signals: [alert(), alert({ id: "f1@t2" })] }), "i-1")).toBe(
      "scale-containers 4>5 blind-step-up",
    );
  });

  test("never steps down while Prometheus cannot be read", () => {
    const scaler = new Scaler();
    scaler.tick(one(0, 150, 2));
    expect(onReplicas(scaler.tick(blind(5), { signals: [alert({ direction: "down" })] }), "i-1")).toBe(
      "hold metrics-blind",
    );
    expect(onWorkers(scaler.tick(blind(10), { signals: [alert({ scale: "instances" })] }))).toBe(
      "set-capacity 1>2 blind-step-up",
    );
  });
});

describe("an override", () => {
  const until = { id: "o", by: "ann", expiresAtMs: 100_000 };

  test("pause holds everything until it expires", () => {
    const scaler = new Scaler();
    const overrides = [{ ...until, kind: "pause" as const }];
    const decisions = scaler.tick(one(0, 5000, 1), { overrides });
    expect([onReplicas(decisions, "i-1"), onWorkers(decisions)]).toEqual(["hold paused", "hold paused"]);
    expect(onReplicas(scaler.tick(one(100, 500, 1), { overrides }), "i-1")).toBe(
      "scale-containers 1>8 load-needs-more",
    );
  });

  test("pins are kept within bounds", () => {
    const replicas = [{ ...until, kind: "pin-replicas" as const, service: "web", replicas: 99 }];
    expect(onReplicas(new Scaler().tick(one(0, 10, 1), { overrides: replicas }), "i-1")).toBe(
      "scale-containers 1>10 pinned",
    );
    const workers = [{ ...until, kind: "pin-workers" as const, workers: 99 }];
    expect(onWorkers(new Scaler().tick(one(0, 10, 1), { overrides: workers }))).toBe("set-capacity 1>6 pinned");
  });
});
