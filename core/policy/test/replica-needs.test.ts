import type { FleetConfig } from "@compose-fleet/fleet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Decision, type Observation, observe, type RawSignal, type Reading, renderReason } from "../src/index.ts";
import { fleetConfig, observe as look, missing, ok, onReplicas, onWorkers, Scaler, worker } from "./world.ts";

/** A service that takes jobs, beside nothing. */
const jobs = (change: object = {}): FleetConfig =>
  fleetConfig({ services: { web: { memory: "64m", replicas: { min: 1, max: 10 }, ...change } } });
const queue = (target: number) => ({ signals: [{ name: "queue", query: "max(queue_length)", target }] });

/** Workers that run `replicas` each, which use the CPU of `busy` replicas at their limit. */
function working(
  seconds: number,
  workers: readonly { readonly replicas: number; readonly busy?: Reading; readonly timed?: Reading }[],
  signals?: Observation["signals"],
): Observation {
  const seen = workers.map(({ replicas, busy = ok(0), timed = ok(replicas) }, index) =>
    worker(`i-${index + 1}`, 0, replicas, {
      services: {
        web: {
          requestsPerSecond: ok(0),
          meanSeconds: missing,
          replicasReady: ok(replicas),
          replicasLeaving: ok(0),
          busyReplicas: busy,
          timedReplicas: timed,
        },
      },
    }),
  );
  return { ...look(seconds, seen), ...(signals && { signals }) };
}
const asked = (queue: Reading) => ({ web: { queue } });
const saysOf = (decisions: readonly Decision[], id: string) => {
  const found = decisions.find((decision) =>
    decision.kind === "hold"
      ? decision.target.kind === "replicas" && decision.target.worker === id
      : decision.kind === "scale-containers" && decision.worker === id,
  );
  return found && renderReason(found.reason);
};

describe("without capacity a service scales by the CPU of its replicas", () => {
  test.each([
    ["nothing to do", 2, 1.2, "hold steady"],
    ["filled above 0.7: one more", 2, 1.5, "scale-containers 2>3 replica-cpu-needs-more"],
    ["two at their limit", 2, 2, "scale-containers 2>3 replica-cpu-needs-more"],
    ["never more than the maximum", 10, 10, "hold at-max"],
  ])("%s", (_rule, replicas, busy, expected) => {
    const decisions = new Scaler(jobs()).tick(working(0, [{ replicas, busy: ok(busy) }]));
    expect(onReplicas(decisions, "i-1")).toBe(expected);
  });

  test("explain says so", () => {
    const decisions = new Scaler(jobs()).tick(working(0, [{ replicas: 2, busy: ok(1.5) }]));
    expect(saysOf(decisions, "i-1")).toBe(
      "no capacity is written, and the CPU in use is that of 1.5 replicas at their limit, which, filled to 0.7, need 3",
    );
  });

  test("what cannot be read holds what runs, and never scales in", () => {
    const scaler = new Scaler(jobs());
    const blind = (seconds: number) => working(seconds, [{ replicas: 4, busy: missing, timed: missing }]);
    expect(onReplicas(scaler.watch(0, 700, blind), "i-1")).toBe("hold no-data");
    // One that has just started has no figure yet.
    const young = (seconds: number) => working(seconds, [{ replicas: 4, busy: ok(0.1), timed: ok(3) }]);
    const decisions = new Scaler(jobs()).watch(0, 700, young);
    expect(saysOf(decisions, "i-1")).toContain("the CPU of 1 of 4 replicas of web on i-1 cannot be read yet");
    const known = (seconds: number) => working(seconds, [{ replicas: 4, busy: ok(0.1) }]);
    expect(onReplicas(new Scaler(jobs()).watch(0, 600, known), "i-1")).toBe("scale-containers 4>1 load-needs-fewer");
  });

  test("workers come and go by the same measure, and it names itself", () => {
    const full = working(0, [{ replicas: 10, busy: ok(9.5) }]);
    const decisions = new Scaler(jobs()).tick(full);
    expect(onWorkers(decisions)).toBe("set-capacity 1>2 replica-cpu-needs-more");
    const blind = (seconds: number) =>
      working(seconds, [{ replicas: 1, busy: missing, timed: missing }, { replicas: 1 }]);
    expect(onWorkers(new Scaler(jobs()).watch(0, 600, blind))).not.toMatch(/drain|terminate/);
  });
});

describe("a written capacity that is too high is noticed by the CPU", () => {
  const written = (requestsPerSecond: number, change: object = {}): FleetConfig =>
    fleetConfig({
      services: {
        web: {
          path: "/",
          port: 80,
          memory: "64m",
          replicas: { min: 1, max: 10 },
          capacity: { requestsPerSecond },
          ...change,
        },
      },
    });
  /** One worker that serves so many requests with so many replicas, which use the CPU of `busy`. */
  const serving = (seconds: number, load: number, replicas: number, busy: Reading | undefined): Observation => {
    const seen = worker("i-1", load, replicas);
    const web = { ...seen.services.web, busyReplicas: busy, timedReplicas: ok(replicas) };
    return look(seconds, [busy === undefined ? seen : ({ ...seen, services: { web } } as typeof seen)]);
  };

  test.each<[string, number, number, number, Reading | undefined, string]>([
    ["80 req/s at 400 each: at its limit, another one", 400, 80, 1, ok(1), "scale-containers 1>2 capacity-too-high"],
    ["and one more, until there are enough", 400, 80, 2, ok(2), "scale-containers 2>3 capacity-too-high"],
    ["enough: they stay, though by what is written one would do", 400, 80, 3, ok(2), "hold steady"],
    ["busy, but not at the limit", 400, 80, 1, ok(0.89), "hold steady"],
    ["the right figure at its full load: the load binds", 100, 100, 1, ok(1), "scale-containers 1>2 load-needs-more"],
    ["a figure that is too low: the load binds", 10, 20, 3, ok(0.2), "hold steady"],
    ["CPU that nobody can read says nothing", 400, 80, 1, missing, "hold steady"],
    ["CPU that nobody has asked for says nothing", 400, 80, 1, undefined, "hold steady"],
    ["CPU without requests is none of the capacity's", 400, 0, 1, ok(1), "hold steady"],
    ["never more than the maximum", 400, 300, 10, ok(10), "hold at-max"],
  ])("%s", (_rule, capacity, load, replicas, busy, expected) => {
    const decisions = new Scaler(written(capacity)).tick(serving(0, load, replicas, busy));
    expect(onReplicas(decisions, "i-1")).toBe(expected);
  });

  test("explain says by how much, and after a boot people hear it", () => {
    const scaler = new Scaler(written(400));
    expect(saysOf(scaler.tick(serving(0, 80, 2, ok(2))), "i-1")).toBe(
      "80 req/s at 400 each would be room enough, but the CPU in use is that of 2 replicas at their limit: one sustains 40 req/s at most, 90 % less than is written; filled to 0.7, 3 are needed",
    );
    scaler.watch(5, 900, (seconds) => serving(seconds, 80, 3, ok(2)));
    expect(scaler.memory.lasting["capacity/web"]).toMatchObject({
      isTold: true,
      text: "a replica of web sustains 40 req/s at most by its CPU, 90 % less than capacity.requestsPerSecond says (400): correct the file",
    });
  });

  test("they do not leave again because there are enough", () => {
    const decisions = new Scaler(written(400)).watch(0, 1500, (seconds) => serving(seconds, 80, 3, ok(2)));
    expect(onReplicas(decisions, "i-1")).toBe("hold steady");
  });

  test("what does not fit on the worker brings another one, for the same reason", () => {
    const decisions = new Scaler(written(4000)).tick(serving(0, 300, 10, ok(9.8)));
    expect(onWorkers(decisions)).toBe("set-capacity 1>2 capacity-too-high");
  });

  test("where the figure is right, no CPU that goes with the load changes a decision", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 500 }),
        fc.double({ min: 0, max: 8, noNaN: true }),
        fc.integer({ min: 1, max: 10 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (capacity, full, replicas, share) => {
          const load = capacity * full;
          // A replica at its capacity uses all of its CPU at most, and no more than there is of it.
          const busy = Math.min(replicas, full * share);
          const told = (cpu: Reading | undefined) =>
            new Scaler(written(capacity)).tick(serving(0, load, replicas, cpu)).map((decision) => decision.reason.code);
          expect(told(ok(busy))).toEqual(told(undefined));
        },
      ),
      { numRuns: 80 },
    );
  });
});

describe("a signal says how many replicas the whole fleet needs", () => {
  test("they are spread over the workers, the first have one more", () => {
    const decisions = new Scaler(jobs(queue(10))).tick(
      working(0, [{ replicas: 1 }, { replicas: 1 }, { replicas: 1 }], asked(ok(101))),
    );
    expect(["i-1", "i-2", "i-3"].map((id) => onReplicas(decisions, id))).toEqual([
      "scale-containers 1>4 signal-needs-more",
      "scale-containers 1>4 signal-needs-more",
      "scale-containers 1>3 signal-needs-more",
    ]);
    expect(saysOf(decisions, "i-1")).toBe("queue is 101, with 10 for each replica: 4 are needed");
  });

  test("workers are launched for what does not fit, and by its name", () => {
    const decisions = new Scaler(jobs(queue(10))).tick(working(0, [{ replicas: 1 }], asked(ok(250))));
    expect(onWorkers(decisions)).toBe("set-capacity 1>3 signal-needs-more");
  });

  test("the largest need binds, be it CPU, requests or a signal", () => {
    const both = new Scaler(jobs(queue(10))).tick(working(0, [{ replicas: 2, busy: ok(2) }], asked(ok(11))));
    expect(onReplicas(both, "i-1")).toBe("scale-containers 2>3 replica-cpu-needs-more");
    const web = fleetConfig({
      services: { web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 }, ...queue(1) } },
    });
    const loaded = { ...look(0, [worker("i-1", 100, 2)]), signals: asked(ok(5)) };
    expect(onReplicas(new Scaler(web).tick(loaded), "i-1")).toBe("scale-containers 2>5 signal-needs-more");
    const calm = { ...look(0, [worker("i-1", 300, 2)]), signals: asked(ok(1)) };
    expect(onReplicas(new Scaler(web).tick(calm), "i-1")).toBe("scale-containers 2>5 load-needs-more");
  });

  test("for any value the parts add up to what is needed, and differ by one at most", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 600, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 6 }),
        (value, target, count) => {
          const workers = Array.from({ length: count }, () => ({ replicas: 1 }));
          const decisions = new Scaler(jobs(queue(target))).tick(working(0, workers, asked(ok(value))));
          const counts = workers.map((_, index) => {
            const found = decisions.find((one) => one.kind === "scale-containers" && one.worker === `i-${index + 1}`);
            return found?.kind === "scale-containers" ? found.to : 1;
          });
          const needed = Math.ceil(value / target - 1e-9);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          if (needed >= count && needed <= 10 * count) expect(counts.reduce((sum, part) => sum + part, 0)).toBe(needed);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("missing is never zero", () => {
  const raw = (signal: RawSignal | undefined): Observation => {
    const member = { id: "i-1", zone: "a", state: "in-service" as const, launchedAtMs: 0 };
    const { observation } = observe(
      jobs(queue(10)),
      {
        atMs: 0,
        group: { ok: true, value: { desired: 1, min: 1, max: 6, members: [member], failedLaunches: 0 } },
        metrics: {
          workers: new Map([["i-1", { up: 1 }]]),
          demand: new Map(),
          problems: {},
          ...(signal && { signals: new Map([["web", new Map([["queue", signal]])]]) }),
        },
      },
      { up: new Set(), draining: new Set() },
    );
    return observation;
  };

  test.each<[string, RawSignal | undefined, RegExp]>([
    ["no value", { ok: true, values: [] }, /^the signal queue has no value: its query finds nothing$/],
    ["several", { ok: true, values: [1, 2] }, /^the signal queue has 2 values: write a query with one/],
    ["NaN", { ok: true, values: [Number.NaN] }, /^the signal queue is NaN$/],
    ["an infinite value", { ok: true, values: [Number.POSITIVE_INFINITY] }, /^the signal queue is infinite$/],
    ["a negative value", { ok: true, values: [-3] }, /^the signal queue is negative \(-3\)$/],
    [
      "a query that fails",
      { ok: false, problem: "Prometheus answered 400: parse error" },
      /cannot be read: .*parse error$/,
    ],
    ["a query that nobody asked", undefined, /was not asked for$/],
  ])("%s holds what runs, in words, and never scales in", (_rule, signal, problem) => {
    const { signals } = raw(signal);
    expect(signals?.web?.queue).toEqual({ ok: false, problem: expect.stringMatching(problem) });
    const scaler = new Scaler(jobs(queue(10)));
    const idle = (seconds: number) => working(seconds, [{ replicas: 4 }, { replicas: 4 }], signals);
    const decisions = scaler.watch(0, 700, idle);
    expect(onReplicas(decisions, "i-1")).toBe("hold no-data");
    expect(saysOf(decisions, "i-1")).toMatch(/the signal queue /);
    expect(onWorkers(decisions)).toMatch(/^hold/);
    // What can be read may ask for more meanwhile.
    const busy = working(705, [{ replicas: 4, busy: ok(4) }, { replicas: 4 }], signals);
    expect(onReplicas(scaler.tick(busy), "i-1")).toBe("scale-containers 4>6 replica-cpu-needs-more");
  });

  test("a service that nginx does not serve has no requests, which is known", () => {
    const { demand, group } = raw({ ok: true, values: [1] });
    expect(demand.web).toEqual(ok(0));
    expect(group.ok && group.value.workers[0]?.services.web?.requestsPerSecond).toEqual(ok(0));
  });
});

test("a worker whose jobs are not done is not quiet, and ends when they are", () => {
  const config = jobs();
  const leaving = (seconds: number, count: Reading): Observation => {
    const observation = working(seconds, [{ replicas: 1 }, { replicas: 0 }]);
    if (!observation.group.ok) throw new Error("no group");
    const [first, last] = observation.group.value.workers;
    if (!first || !last?.services.web) throw new Error("no workers");
    const services = { web: { ...last.services.web, replicasLeaving: count } };
    return {
      ...observation,
      group: {
        ok: true,
        value: { ...observation.group.value, workers: [first, { ...last, draining: true, services }] },
      },
    };
  };
  for (const unfinished of [ok(1), missing])
    expect(onWorkers(new Scaler(config).watch(0, 600, (seconds) => leaving(seconds, unfinished)))).toBe(
      "hold draining",
    );
  expect(onWorkers(new Scaler(config).watch(0, 30, (seconds) => leaving(seconds, ok(0))))).toBe(
    "terminate-worker i-2 2>1 drain-quiet",
  );
});

test("what a worker tells of a service is told on at once, and is over when it is not told any more", () => {
  const scaler = new Scaler();
  const crashes = { worker: "i-1", service: "web", kind: "crash-loop", text: "web-1 ends again and again" };
  const at = (seconds: number, troubles?: Observation["troubles"]) => ({
    ...look(seconds, [worker("i-1", 10, 1)]),
    ...(troubles && { troubles }),
  });
  const before = scaler.tick(at(0));
  expect(scaler.tick(at(5, [crashes]))).toEqual(before);
  expect(scaler.memory.lasting["crash-loop/i-1/web"]).toMatchObject({
    isTold: true,
    text: "web on i-1: web-1 ends again and again",
  });
  scaler.watch(10, 120, (seconds) => at(seconds));
  expect(scaler.memory.lasting).toEqual({});
});
