import { describe, expect, test } from "vitest";
import { type Observation, targetKey, targetOf, type WorkerObservation } from "../src/index.ts";
import { blindWorker, missing, observe, ok, onReplicas, onWorkers, Scaler, worker } from "./world.ts";

const READINGS = ["cpu", "arrivals", "completions", "requests", "replicas"] as const;
/** Every subset of the readings but the empty one. */
const SUBSETS = Array.from({ length: 2 ** READINGS.length - 1 }, (_, bits) =>
  READINGS.filter((_name, index) => ((bits + 1) >> index) & 1),
);

/** The worker without these readings. */
function without(seen: WorkerObservation, lost: readonly (typeof READINGS)[number][]): WorkerObservation {
  const web = seen.services.web;
  if (!web) throw new Error("no service");
  return {
    ...seen,
    ...(lost.includes("cpu") && { cpuRatio: missing }),
    ...(lost.includes("arrivals") && { arrivalsPerSecond: missing }),
    ...(lost.includes("completions") && { completionsPerSecond: missing }),
    services: {
      web: {
        ...web,
        ...(lost.includes("requests") && { requestsPerSecond: missing }),
        ...(lost.includes("replicas") && { replicasReady: missing }),
      },
    },
  };
}
/** Four workers with 100 req/s each, hot enough to be needed, of which `count` lose these readings. */
const four = (count: number, lost: readonly (typeof READINGS)[number][], cpu: number) => (at: number) =>
  observe(
    at,
    ["i-1", "i-2", "i-3", "i-4"].map((id, index) => {
      const seen = worker(id, 100, 2, { cpuRatio: ok(cpu) });
      return index < count ? without(seen, lost) : seen;
    }),
  );
const goesDown = (scaler: Scaler, world: (at: number) => Observation, seconds: number) => {
  const down = new Set<string>();
  for (let at = 0; at <= seconds; at += 15)
    for (const decision of scaler.tick(world(at)))
      if (decision.kind !== "hold" && decision.to < decision.from) down.add(targetKey(targetOf(decision)));
  return [...down];
};

describe("a missing reading is never 0", () => {
  test.each(SUBSETS)("four workers at the CPU target: nobody is drained without %s %s %s %s %s", (...lost) => {
    for (const count of [1, 2, 3, 4])
      expect(goesDown(new Scaler(), four(count, lost, 0.58), 900)).not.toContain("workers");
  });

  test("the CPU of all is missing: it holds for want of data, and says of whom", () => {
    const [decision] = new Scaler().watch(0, 400, four(4, ["cpu"], 0.58));
    expect(decision).toMatchObject({ kind: "hold", reason: { code: "no-data" } });
    expect(decision?.reason.numbers.problem).toMatch(/CPU of i-1, i-2, i-3, i-4/);
  });

  test.each(SUBSETS.filter((lost) => lost.some((name) => name !== "cpu")))(
    "no container is scaled in without %s %s %s %s %s",
    (...lost) => {
      const world = (at: number) => observe(at, [without(worker("i-1", 100, 8), lost)]);
      expect(goesDown(new Scaler(), world, 1200)).toEqual([]);
    },
  );

  test("what can be read in part scales out all the same", () => {
    const seen = without(worker("i-1", 500, 5), ["arrivals", "cpu"]);
    const decisions = new Scaler().tick(observe(0, [seen]));
    expect(onReplicas(decisions, "i-1")).toBe("scale-containers 5>8 load-needs-more");
    expect(onWorkers(new Scaler().tick(observe(0, [without(worker("i-1", 1500, 10), ["arrivals"])])))).toBe(
      "set-capacity 1>2 load-needs-more",
    );
  });
});

describe("one silent scrape target", () => {
  const pair = (change: Partial<WorkerObservation>) => (at: number) =>
    observe(at, [worker("i-1", 800, 10, change), worker("i-2", 800, 10)]);
  test.each<[string, Partial<WorkerObservation>, RegExp]>([
    ["is outweighed by requests that were completed", { up: false }, /^hold/],
    ["also where only nginx counts", { up: false, ...idle() }, /^hold/],
    ["is death where nothing else arrives", { ...blindWorker("i-1") }, /^replace-worker i-1/],
    ["is unknown where nothing is known", { ...blindWorker("i-1"), up: "unknown" }, /^hold/],
  ])("%s", (_rule, change, expected) => {
    expect(onWorkers(new Scaler().watch(0, 120, pair(change)))).toMatch(expected);
  });

  function idle() {
    const { services, completionsPerSecond } = blindWorker("i-1");
    return { services, completionsPerSecond };
  }
});

test("a worker dies during a deployment: one more beside it where it is needed, and after a boot it is replaced all the same", () => {
  const busy = { busyWith: "the deployment d-1", desired: 2 };
  const world = (at: number) => observe(at, [worker("i-1", 1500, 10), blindWorker("i-2")], busy);
  const scaler = new Scaler();
  expect(onWorkers(scaler.watch(0, 60, world))).toBe("set-capacity 2>3 unhealthy-busy");
  const later = (at: number) =>
    observe(at, [worker("i-1", 750, 10), blindWorker("i-2"), worker("i-3", 750, 10)], { ...busy, desired: 3 });
  expect(onWorkers(scaler.watch(65, 895, later))).toBe("hold group-busy");
  expect(onWorkers(scaler.tick(later(900)))).toBe("replace-worker i-2 3>3 unhealthy");
});
