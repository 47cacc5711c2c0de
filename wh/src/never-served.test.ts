import { expect, test } from "vitest";
import { createWorld } from "./test-support/world.ts";

const MINUTE = 60_000;

test("timeline: a launched worker never answers, is replaced after bootSeconds, and its successor serves", async () => {
  const world = createWorld();
  world.requestsPerSecond = 1500;
  world.silent.add("i-2");
  await world.wh.start();
  await world.clock.advance(14 * MINUTE);
  const workerCalls = () => world.calls.filter((call) => !call.includes("service-a"));
  expect(workerCalls()).toEqual(["desired 2"]);
  await world.clock.advance(2 * MINUTE);
  expect(workerCalls()).toEqual(["desired 2", "replace i-2"]);
  await world.clock.advance(10 * MINUTE);
  expect(workerCalls()).toEqual(["desired 2", "replace i-2"]);
  expect([...world.workers.keys()]).toEqual(["i-1", "i-2-next"]);
  await world.wh.stop();
});

test("timeline: load falls while a worker never answers: it is ended, and keeps nobody from scaling in", async () => {
  const world = createWorld();
  world.requestsPerSecond = 1500;
  world.silent.add("i-2");
  await world.wh.start();
  await world.clock.advance(MINUTE);
  world.requestsPerSecond = 10;
  await world.clock.advance(20 * MINUTE);
  expect(world.calls.filter((call) => !call.includes("service-a"))).toEqual(["desired 2", "terminate i-2"]);
  expect(world.desired).toBe(1);
  await world.wh.stop();
});
