import { emptyMemory } from "@compose-fleet/policy";
import { describe, expect, test } from "vitest";
import { observe, ok, onReplicas, onWorkers, Scaler, worker } from "../../core/policy/test/world.ts";
import { createObserver } from "../../wh/src/observe/observer.ts";
import { observationQueries } from "../../wh/src/observe/queries.ts";
import type { WorkerGroupReader } from "../../wh/src/observe/worker-group.ts";
import { createFakeClock } from "../../wh/src/test-support/fake-clock.ts";
import { testFleet } from "../../wh/src/test-support/test-fleet.ts";
import { readYaml } from "./read-yaml.ts";

// Each test is a pitfall of scaling by Alertmanager, named after the fact; how the fleet stays out of it is in the test.

/** A group of one worker. */
const groupOf = (id: string): WorkerGroupReader => ({
  describe: async () => ({
    ok: true,
    value: {
      desired: 1,
      min: 1,
      max: 6,
      failedLaunches: 0,
      members: [{ id, zone: "a", state: "in-service", launchedAtMs: 0 }],
    },
  }),
});

describe("metrics", () => {
  test("exporter mergers answer 500 when one exporter fails: one job for each exporter", () => {
    const { scrape_configs: jobs } = readYaml("stack-worker/rendered/agent/agent.yml");
    const names: string[] = jobs.map((job: { job_name: string }) => job.job_name);
    expect(names).toEqual(expect.arrayContaining(["node", "nginx", "mtail", "containers"]));
    for (const job of jobs)
      expect(job.static_configs?.flatMap(({ targets }: { targets: string[] }) => targets) ?? [0]).toHaveLength(1);
  });

  test("a divisor of zero scales up a dead app: replicas are counted, and no number but a finite one is a reading", async () => {
    // The rules: "no replica is no division by zero" among their promtool tests.
    const dead = (seconds: number) => observe(seconds, [worker("i-1", 10, 0)]);
    expect(onReplicas(new Scaler().tick(dead(0)), "i-1")).toBe("scale-containers 0>1 below-min");
    const config = testFleet();
    const sample = (value: number) => ({
      ok: true as const,
      samples: [{ labels: { worker: "i-1", service: "service-a" }, value }],
    });
    const queries = observationQueries(config);
    const look = createObserver({
      config,
      clock: createFakeClock(),
      metrics: { query: async (promql) => sample(promql === queries.up ? 1 : Number.POSITIVE_INFINITY) },
      group: groupOf("i-1"),
    });
    const decisions = new Scaler(config).tick(await look());
    expect(decisions.map(({ kind }) => kind)).toEqual(["hold", "hold"]);
  });

  test("CPU averaged over modes, or with the monitoring host, is wrong: one minus idle for each worker, and only workers", async () => {
    // The rules: "never by the machine" and its neighbours among their promtool tests. Here: nobody's CPU but workers' counts.
    const config = testFleet();
    const queries = observationQueries(config);
    const samples = ["i-1", "monitoring"].map((worker) => ({ labels: { worker }, value: worker === "i-1" ? 0.1 : 1 }));
    const look = createObserver({
      config,
      clock: createFakeClock(),
      metrics: { query: async (promql) => ({ ok: true, samples: promql === queries.demand ? [] : samples }) },
      group: groupOf("i-1"),
    });
    const seen = await look();
    expect(seen.group.ok && seen.group.value.workers.map(({ id, cpuRatio }) => [id, cpuRatio])).toEqual([
      ["i-1", ok(0.1)],
    ]);
    // And by the policy: three workers at 0.9 are sized by that, whatever else runs.
    const hot = observe(
      0,
      [1, 2, 3].map((index) => worker(`i-${index}`, 10, 1, { cpuRatio: ok(0.9) })),
    );
    expect(onWorkers(new Scaler().tick(hot))).toMatch(/^set-capacity 3>5 cpu-needs-more/);
  });
});

test("after a restart nothing is remembered: an empty memory never scales in", () => {
  const scaler = new Scaler();
  const quiet = (at: number) => observe(at, [worker("i-1", 1, 5), worker("i-2", 1, 5)]);
  for (let at = 0; at <= 3600; at += 5) {
    scaler.memory = emptyMemory(at * 1000);
    for (const decision of scaler.tick(quiet(at))) expect(decision.kind).toBe("hold");
  }
});
