import { expect, test } from "vitest";
import { createWorld } from "./test-support/world.ts";

test("timeline: Prometheus and then a worker are lost; the other gets the replicas for its load within an active interval", async () => {
  const world = createWorld();
  world.workers.set("i-2", 1);
  world.desired = 2;
  world.requestsPerSecond = 700;
  await world.wh.start();
  await world.clock.advance(10_000);
  // 350 req/s each, 70 a replica.
  expect(world.calls).toEqual(["i-1 service-a 5", "i-2 service-a 5"]);

  world.prometheusIsUp = false;
  await world.clock.advance(120_000);
  expect(world.calls).toHaveLength(2);

  world.workers.delete("i-2");
  await world.clock.advance(5_000);
  expect(world.calls.slice(2)).toEqual(["i-1 service-a 10"]);
  await world.clock.advance(120_000);
  expect(world.calls).toHaveLength(3);
  await world.wh.stop();
});
