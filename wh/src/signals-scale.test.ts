import { type FleetConfig, parseFleetConfig } from "@compose-fleet/fleet";
import { expect, test } from "vitest";
import type { QueryResult } from "./observe/metrics-reader.ts";
import { testFleet } from "./test-support/test-fleet.ts";
import { createWorld } from "./test-support/world.ts";

const QUERY = "max(queue_length)";

/** A fleet of one service that takes jobs: five may wait for each replica. */
function jobs(): FleetConfig {
  const signals = [{ name: "queue", query: QUERY, target: 5 }];
  const parsed = parseFleetConfig({ ...testFleet(), services: { "service-a": { memory: "64m", signals } } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}
const says = (...values: number[]): QueryResult => ({
  ok: true,
  samples: values.map((value) => ({ labels: {}, value })),
});

test("timeline: a queue grows, replicas come within a tick; its query breaks, nobody leaves; it is empty, they leave by the window", async () => {
  const world = createWorld({ fleet: jobs() });
  world.requestsPerSecond = 0;
  world.signals.set(QUERY, says(0));
  await world.wh.start();
  await world.clock.advance(10_000);
  expect(world.calls).toEqual([]);
  world.signals.set(QUERY, says(31));
  await world.clock.advance(15_000);
  expect(world.calls).toEqual(["i-1 service-a 7"]);
  for (const broken of [
    says(),
    says(1, 2),
    says(Number.NaN),
    { ok: false as const, problem: "Prometheus answered 400" },
  ]) {
    world.signals.set(QUERY, broken);
    await world.clock.advance(4 * 60_000);
  }
  expect(world.calls).toEqual(["i-1 service-a 7"]);
  world.signals.set(QUERY, says(0));
  await world.clock.advance(11 * 60_000);
  expect(world.calls).toEqual(["i-1 service-a 7", "i-1 service-a 1"]);
  await world.wh.stop();
});
