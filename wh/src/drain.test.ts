import { expect, test } from "vitest";
import { createWorld } from "./test-support/world.ts";

const MINUTE = 60_000;

/** Two workers with little load, watched until the first of them has been told to drain. */
async function drainingWorld() {
  const world = createWorld();
  world.workers.set("i-2", 1);
  world.desired = 2;
  await world.wh.start();
  while (!world.calls.some((call) => call.startsWith("drain")) && world.clock.nowMs() < 1_700_000_000_000 + 20 * MINUTE)
    await world.clock.advance(1000);
  expect(world.calls).toEqual(["drain i-1"]);
  return world;
}

test("timeline: a worker drains, is quiet, and only then terminated", async () => {
  const world = await drainingWorld();
  await world.clock.advance(14_000);
  expect(world.calls).toEqual(["drain i-1"]);
  await world.clock.advance(2 * MINUTE);
  expect(world.calls).toEqual(["drain i-1", "terminate i-1"]);
  expect(world.desired).toBe(1);
  await world.wh.stop();
});

test("timeline: a worker with an open stream waits for its end", async () => {
  const world = await drainingWorld();
  world.openRequests.set("i-1", 1);
  await world.clock.advance(5 * MINUTE);
  expect(world.calls).toEqual(["drain i-1"]);
  world.openRequests.delete("i-1");
  await world.clock.advance(MINUTE);
  expect(world.calls).toEqual(["drain i-1", "terminate i-1"]);
  await world.wh.stop();
});

test("timeline: load returns before the termination, the worker comes back and nothing is launched", async () => {
  const world = await drainingWorld();
  world.requestsPerSecond = 1500;
  await world.clock.advance(MINUTE);
  expect(world.calls.filter((call) => !call.includes("service-a"))).toEqual(["drain i-1", "cancel-drain i-1"]);
  expect([world.desired, world.draining.size]).toEqual([2, 0]);
  await world.wh.stop();
});
