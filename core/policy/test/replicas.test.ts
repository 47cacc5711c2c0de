import { describe, expect, test } from "vitest";
import { blindWorker, missing, observe, ok, onReplicas, Scaler, worker } from "./world.ts";

const only = (requestsPerSecond: number, replicas: number, at = 0) =>
  observe(at, [worker("i-1", requestsPerSecond, replicas)]);

describe("scale out", () => {
  test.each([
    ["exactly at utilisation × capacity is enough", 70, 1, "hold steady"],
    ["a little above needs one more", 70.1, 1, "scale-containers 1>2 load-needs-more"],
    ["jumps to the computed number at once", 690, 1, "scale-containers 1>10 load-needs-more"],
    ["never above max", 5000, 1, "scale-containers 1>10 load-needs-more"],
    ["at max stays", 5000, 10, "hold at-max"],
    ["zero load keeps min", 0, 1, "hold steady"],
    ["nothing running is below min", 0, 0, "scale-containers 0>1 below-min"],
    ["below min takes what the load needs", 200, 0, "scale-containers 0>3 below-min"],
    ["more than max runs: back to max", 5000, 12, "scale-containers 12>10 above-max"],
  ])("%s", (_rule, load, replicas, expected) => {
    expect(onReplicas(new Scaler().tick(only(load, replicas)), "i-1")).toBe(expected);
  });

  test("a queue that grows counts as load, although completions do not show it", () => {
    const saturated = worker("i-1", 100, 1, { arrivalsPerSecond: ok(400), completionsPerSecond: ok(100) });
    expect(onReplicas(new Scaler().tick(observe(0, [saturated])), "i-1")).toBe("scale-containers 1>6 load-needs-more");
  });

  test("a difference within noise is no queue", () => {
    const noisy = worker("i-1", 69, 1, { arrivalsPerSecond: ok(71), completionsPerSecond: ok(69) });
    expect(onReplicas(new Scaler().tick(observe(0, [noisy])), "i-1")).toBe("hold steady");
  });

  test("each worker by its own load", () => {
    const decisions = new Scaler().tick(observe(0, [worker("i-1", 300, 1), worker("i-2", 20, 1)]));
    expect(onReplicas(decisions, "i-1")).toBe("scale-containers 1>5 load-needs-more");
    expect(onReplicas(decisions, "i-2")).toBe("hold steady");
  });
});

describe("scale in", () => {
  test("only after the whole window was watched", () => {
    const scaler = new Scaler();
    expect(
      onReplicas(
        scaler.watch(0, 595, (at) => only(10, 5, at)),
        "i-1",
      ),
    ).toBe("hold window-holds");
    expect(onReplicas(scaler.tick(only(10, 5, 600)), "i-1")).toBe("scale-containers 5>1 load-needs-fewer");
  });

  test("to the largest need of the window, not to the latest", () => {
    const scaler = new Scaler();
    scaler.watch(0, 595, (at) => only(at === 300 ? 170 : 10, 5, at));
    expect(onReplicas(scaler.tick(only(10, 5, 600)), "i-1")).toBe("scale-containers 5>3 load-needs-fewer");
  });

  test("not while fewer replicas would be filled above scaleInShare", () => {
    // 70 req/s a replica; 3 replicas below 0.85 of that carry 178.5.
    const scaler = new Scaler();
    expect(
      onReplicas(
        scaler.watch(0, 700, (at) => only(180, 4, at)),
        "i-1",
      ),
    ).toBe("hold within-tolerance");
    expect(
      onReplicas(
        scaler.watch(705, 1300, (at) => only(178, 4, at)),
        "i-1",
      ),
    ).toBe("scale-containers 4>3 load-needs-fewer");
  });

  test("no data holds, and delays scale-in by a whole window", () => {
    const scaler = new Scaler();
    scaler.watch(0, 595, (at) => only(10, 5, at));
    expect(
      onReplicas(scaler.tick(observe(600, [blindWorker("i-1"), worker("i-2", 0, 1), worker("i-3", 0, 1)])), "i-1"),
    ).toBe("hold no-data");
    const partly = { services: { web: { requestsPerSecond: missing, meanSeconds: missing, replicasReady: ok(5) } } };
    expect(onReplicas(scaler.tick(observe(605, [worker("i-1", 0, 5, partly)])), "i-1")).toBe("hold no-data");
    expect(
      onReplicas(
        scaler.watch(610, 1200, (at) => only(10, 5, at)),
        "i-1",
      ),
    ).toBe("hold window-holds");
    expect(onReplicas(scaler.tick(only(10, 5, 1205)), "i-1")).toBe("scale-containers 5>1 load-needs-fewer");
  });

  test("a clock that jumps ahead does not shorten the window", () => {
    const scaler = new Scaler();
    scaler.watch(0, 100, (at) => only(400, 6, at));
    expect(onReplicas(scaler.tick(only(10, 6, 4000)), "i-1")).toBe("hold window-holds");
  });

  test("the breaker stops it while data of more than a third of the workers is missing", () => {
    const scaler = new Scaler();
    const at = (seconds: number) => observe(seconds, [worker("i-1", 10, 5), blindWorker("i-2")]);
    expect(onReplicas(scaler.watch(0, 700, at), "i-1")).toBe("hold breaker");
  });
});

describe("level-triggered", () => {
  test("a command is given once, then waited for", () => {
    const scaler = new Scaler();
    expect(onReplicas(scaler.tick(only(200, 1, 0)), "i-1")).toBe("scale-containers 1>3 load-needs-more");
    expect(onReplicas(scaler.tick(only(200, 1, 5)), "i-1")).toBe("hold steady");
  });

  test("a command that did not take effect is given again after it should have settled", () => {
    const scaler = new Scaler();
    scaler.tick(only(200, 1, 0));
    expect(onReplicas(scaler.tick(only(200, 1, 20)), "i-1")).toBe("scale-containers 3>3 repair");
    expect(onReplicas(scaler.tick(only(200, 1, 25)), "i-1")).toBe("hold steady");
  });

  test("more replicas than commanded are adopted: they leave by the window, not at once", () => {
    const scaler = new Scaler();
    scaler.tick(only(200, 1, 0));
    scaler.tick(only(200, 9, 20));
    expect(onReplicas(scaler.tick(only(200, 9, 25)), "i-1")).toBe("hold window-holds");
  });

  test("a target in flight holds and remembers no command", () => {
    const scaler = new Scaler();
    expect(onReplicas(scaler.tick(only(200, 1, 0), { inFlight: new Set(["replicas/i-1/web"]) }), "i-1")).toBe(
      "hold settling",
    );
    expect(onReplicas(scaler.tick(only(200, 1, 1)), "i-1")).toBe("scale-containers 1>3 load-needs-more");
  });

  test("after a restart with an empty memory nothing scales in before a window", () => {
    expect(onReplicas(new Scaler().tick(only(0, 10)), "i-1")).toBe("hold window-holds");
  });

  test("workers that boot or leave are not scaled", () => {
    const decisions = new Scaler().tick(
      observe(0, [worker("i-1", 500, 1, { state: "pending" }), worker("i-2", 500, 1, { state: "terminating" })]),
    );
    expect(onReplicas(decisions, "i-1")).toBe("none");
    expect(onReplicas(decisions, "i-2")).toBe("none");
  });
});
