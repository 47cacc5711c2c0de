import request from "supertest";
import { expect, test } from "vitest";
import { createInMemoryLease } from "../leader/in-memory-lease.ts";
import { createInMemoryState } from "../store/in-memory-state.ts";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createFakeEvents, machineEvent } from "../test-support/fake-events.ts";
import { testFleet } from "../test-support/test-fleet.ts";
import { createWorld } from "../test-support/world.ts";

const A = "i-000000000000000aa";
const B = "i-000000000000000bb";

/** Two workers that are both needed, one of them Spot, and a queue. */
async function spotWorld(options: Parameters<typeof createWorld>[0] = {}) {
  const clock = options.clock ?? createFakeClock(1_700_000_000_000);
  const events = createFakeEvents(clock);
  const fleet = testFleet({ workers: { min: 2, max: 4 } });
  const world = createWorld({ fleet, events, ...options, clock });
  world.workers.clear();
  for (const id of [A, B]) world.workers.set(id, 1);
  Object.assign(world, { desired: 2, min: 2, max: 4 });
  const metric = async (result: string) => {
    const { text } = await request(world.wh.app).get("/metrics");
    return Number(new RegExp(`wh_events_total\\{result="${result}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  };
  await world.wh.start();
  await clock.advance(5000);
  return { world, events, clock, metric };
}

const aboutWorkers = (calls: readonly string[]) => calls.filter((call) => !call.includes("service-a"));

test("timeline: what AWS takes gets a successor, drains when that serves, is ended, and the event is done with", async () => {
  const { clock, events, metric, world } = await spotWorld();
  events.send(machineEvent(clock, B));
  await clock.advance(7000);
  expect(aboutWorkers(world.calls)).toEqual(["desired 3", `drain ${B}`]);
  expect(events.size()).toBe(1);
  await clock.advance(60_000);
  expect(aboutWorkers(world.calls)).toEqual(["desired 3", `drain ${B}`, `terminate ${B}`]);
  expect([world.desired, events.size(), await metric("interruption")]).toEqual([2, 0, 1]);
  await world.wh.stop();
});

test("an event of a machine that is not the fleet's, of another account, of another kind, and none at all: skipped, counted, removed", async () => {
  const { clock, events, metric, world } = await spotWorld();
  events.send(machineEvent(clock, "i-0000000000000000f"));
  events.send(machineEvent(clock, B, "interruption", { account: "210987654321" }));
  events.send(machineEvent(clock, B, "interruption", { region: "us-east-1" }));
  events.send(machineEvent(clock, B, "interruption", { "detail-type": "EC2 Instance State-change Notification" }));
  events.send("no event");
  await clock.advance(40_000);
  expect(aboutWorkers(world.calls)).toEqual([]);
  expect(events.size()).toBe(0);
  expect(await Promise.all(["not-ours", "foreign", "other", "malformed"].map(metric))).toEqual([1, 2, 1, 1]);
  await world.wh.stop();
});

test("the same event three times is one", async () => {
  const { clock, events, metric, world } = await spotWorld();
  for (let left = 3; left > 0; left--) events.send(machineEvent(clock, B));
  await clock.advance(60_000);
  expect(aboutWorkers(world.calls)).toEqual(["desired 3", `drain ${B}`, `terminate ${B}`]);
  expect(await metric("interruption")).toBe(1);
  await world.wh.stop();
});

test("a queue that is not there is told once, holds nothing up, and is read when it comes", async () => {
  const { clock, events, world } = await spotWorld();
  events.problem = "QueueDoesNotExist: the queue is not there";
  await clock.advance(300_000);
  const told = () => world.log.lines.filter((line) => line.includes("the queue of events cannot be read"));
  expect(told()).toHaveLength(1);
  expect(world.observations).toBeGreaterThan(15);
  expect(events.receives).toBeLessThan(40);
  events.problem = undefined;
  events.send(machineEvent(clock, B));
  await clock.advance(30_000);
  expect(aboutWorkers(world.calls)).toContain(`drain ${B}`);
  await world.wh.stop();
});

test("timeline: another scaler takes over in the middle, and hears of the interruption from the queue", async () => {
  const clock = createFakeClock(1_700_000_000_000);
  const shared = { clock, lease: createInMemoryLease(), state: createInMemoryState() };
  const { events, world: first } = await spotWorld({ ...shared, holder: "wh/1" });
  events.send(machineEvent(clock, B));
  await clock.advance(1000);
  await first.wh.stop();
  const { world: second } = await spotWorld({ ...shared, holder: "wh/2", events });
  await clock.advance(60_000);
  expect(aboutWorkers(second.calls)).toEqual(["desired 3", `drain ${B}`, `terminate ${B}`]);
  await second.wh.stop();
});

test("a scaler that stands by leaves the queue alone", async () => {
  const clock = createFakeClock(1_700_000_000_000);
  const shared = { clock, lease: createInMemoryLease(), state: createInMemoryState() };
  const { world: leader } = await spotWorld({ ...shared, holder: "wh/1" });
  const { events, world: standby } = await spotWorld({ ...shared, holder: "wh/2" });
  events.send(machineEvent(clock, B));
  await clock.advance(60_000);
  expect([events.receives, events.size(), standby.calls]).toEqual([0, 1, []]);
  await leader.wh.stop();
  await standby.wh.stop();
});
