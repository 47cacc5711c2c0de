import { describe, expect, test } from "vitest";
import { createWorld } from "./test-support/world.ts";

const MINUTE = 60_000;
const ENDS = /drain|terminate|replace|ends/;

function worldOf(workers: number, requestsPerSecond: number) {
  const said: string[] = [];
  const world = createWorld({ channels: [{ name: "people", send: async (text) => void said.push(text) }] });
  for (let index = 1; index <= workers; index++) world.workers.set(`i-${index}`, 10);
  world.desired = workers;
  world.requestsPerSecond = requestsPerSecond;
  return { world, said, groupCalls: () => world.calls.filter((call) => !call.includes("service-a")) };
}

describe("a group that cannot be filled", () => {
  test("timeline: load rises, launches fail, load falls to what two can serve: both stay for ever", async () => {
    const { world, groupCalls, said } = worldOf(2, 3500);
    world.launchesFail = true;
    await world.wh.start();
    await world.clock.advance(MINUTE);
    expect(groupCalls()).toEqual(["desired 4"]);
    world.failedLaunches = 2;
    await world.clock.advance(MINUTE);
    expect(groupCalls()).toEqual(["desired 4", "desired 2"]);
    world.requestsPerSecond = 1400;
    await world.clock.advance(60 * MINUTE);
    expect(groupCalls()).toEqual(["desired 4", "desired 2"]);
    expect([...world.workers.keys()]).toEqual(["i-1", "i-2"]);
    expect(said.join("\n").match(/sufficient capacity/g)?.length).toBeGreaterThan(0);
    await world.wh.stop();
  });

  test("timeline: no failure is reported, load for two of four: what does not exist is taken back, nobody is drained", async () => {
    const { world, groupCalls } = worldOf(2, 1400);
    world.desired = 4;
    world.launchesFail = true;
    await world.wh.start();
    await world.clock.advance(30 * MINUTE);
    expect(groupCalls()).toEqual(["desired 2"]);
    await world.wh.stop();
  });

  test("timeline: the minimum is two and one exists: it stays, whatever the load", async () => {
    const { world, groupCalls } = worldOf(1, 10);
    Object.assign(world, { desired: 2, min: 2, launchesFail: true, failedLaunches: 3 });
    await world.wh.start();
    await world.clock.advance(60 * MINUTE);
    expect(groupCalls()).toEqual([]);
    await world.wh.stop();
  });

  test.each(["Launch", "Terminate"])("timeline: %s is suspended: nobody leaves", async (process) => {
    const { world, groupCalls } = worldOf(4, 10);
    world.suspended = [process];
    world.silent.add("i-4");
    await world.wh.start();
    await world.clock.advance(30 * MINUTE);
    expect(groupCalls().filter((call) => ENDS.test(call))).toEqual([]);
    await world.wh.stop();
  });
});

describe("what cannot be read ends nobody", () => {
  test.each([1, 6])("timeline: only the query for up fails, at most %i workers", async (max) => {
    const { world, groupCalls } = worldOf(1, 500);
    world.max = max;
    await world.wh.start();
    await world.clock.advance(MINUTE);
    world.failingQueries.add("up");
    await world.clock.advance(30 * MINUTE);
    expect(groupCalls()).toEqual([]);
    await world.wh.stop();
  });

  test("timeline: Prometheus lists no scrape target any more: what the workers send counts, nobody is drained", async () => {
    const { world, groupCalls } = worldOf(3, 2400);
    await world.wh.start();
    await world.clock.advance(10 * MINUTE);
    world.missingSeries = new Set(["up", "demand"]);
    await world.clock.advance(30 * MINUTE);
    expect(groupCalls()).toEqual([]);
    await world.wh.stop();
  });

  test.each([["cpu"], ["arrivals"], ["requests"], ["cpu", "arrivals"], ["arrivals", "requests", "seconds"]] as const)(
    "timeline: no worker sends %s %s %s",
    async (...names) => {
      const { world, groupCalls } = worldOf(4, 400);
      world.missingSeries = new Set(names);
      await world.wh.start();
      await world.clock.advance(30 * MINUTE);
      expect(groupCalls()).toEqual([]);
      await world.wh.stop();
    },
  );
});

test("timeline: one of four is in Standby and another one dies: it is replaced, as without the Standby", async () => {
  const { world, groupCalls } = worldOf(4, 1500);
  world.desired = 3;
  world.standby.add("i-1");
  await world.wh.start();
  await world.clock.advance(MINUTE);
  world.silent.add("i-4");
  await world.clock.advance(2 * MINUTE);
  expect(groupCalls()).toEqual(["replace i-4"]);
  await world.wh.stop();
});

test("timeline: a worker hangs during a deployment that waits for it: one more beside it, later it is given up all the same", async () => {
  const { world, groupCalls } = worldOf(2, 1500);
  world.busyWith = "the deployment d-1";
  await world.wh.start();
  await world.clock.advance(MINUTE);
  world.silent.add("i-2");
  await world.clock.advance(2 * MINUTE);
  expect(groupCalls()).toEqual(["desired 3"]);
  await world.clock.advance(30 * MINUTE);
  expect(groupCalls()).toEqual(["desired 3", "replace i-2"]);
  await world.wh.stop();
});

describe("what lasts for longer than a boot is told once", () => {
  const told = (said: readonly string[], what: RegExp) => said.join("\n").match(new RegExp(what, "g"))?.length ?? 0;

  test("timeline: load for four, two exist, Launch is suspended; later it is resumed", async () => {
    const { world, said, groupCalls } = worldOf(2, 3500);
    Object.assign(world, { desired: 4, suspended: ["Launch"], launchesFail: true });
    await world.wh.start();
    await world.clock.advance(14 * MINUTE);
    expect(told(said, /in service/)).toBe(0);
    await world.clock.advance(120 * MINUTE);
    expect(
      told(said, /4 workers are asked for and 2 are in service: the process Launch is suspended, for 15 minutes/),
    ).toBe(1);
    expect(told(said, /the group's process Launch is suspended/)).toBe(1);
    expect(groupCalls()).toEqual([]);
    world.suspended = [];
    for (const id of ["i-3", "i-4"]) world.workers.set(id, 10);
    await world.clock.advance(10 * MINUTE);
    expect(told(said, /over: 4 workers/)).toBe(1);
    await world.wh.stop();
  });

  test("timeline: a worker is in Standby", async () => {
    const { world, said } = worldOf(2, 500);
    world.desired = 1;
    world.standby.add("i-2");
    await world.wh.start();
    await world.clock.advance(120 * MINUTE);
    expect(told(said, /i-2 is set aside \(Standby\)/)).toBe(1);
    await world.wh.stop();
  });

  test("timeline: only the query for up fails", async () => {
    const { world, said } = worldOf(1, 500);
    await world.wh.start();
    await world.clock.advance(MINUTE);
    world.failingQueries.add("up");
    await world.clock.advance(120 * MINUTE);
    expect(told(said, /nobody knows whether i-1 answers/)).toBe(1);
    await world.wh.stop();
  });
});
