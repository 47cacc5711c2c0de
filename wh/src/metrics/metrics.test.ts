import request from "supertest";
import { describe, expect, test } from "vitest";
import { testFleet } from "../test-support/test-fleet.ts";
import { createWorld } from "../test-support/world.ts";

/** The value of a metric; undefined where it is not exported. */
async function exported(world: ReturnType<typeof createWorld>, metric: string): Promise<number | undefined> {
  const { text } = await request(world.wh.app).get("/metrics");
  const row = text.split("\n").find((each) => each.startsWith(`${metric} `));
  return row === undefined ? undefined : Number(row.split(" ").at(-1));
}

const FORECAST = 'wh_forecast_requests_per_second{service="service-a"}';

describe("what was foreseen", () => {
  test("is told when its time has come, beside the demand of that time", async () => {
    const world = createWorld({ fleet: testFleet({ scaling: { predictive: { enabled: true } } }) });
    world.requestsPerSecond = 60;
    await world.wh.start();
    await world.clock.advance(60_000);
    expect(await exported(world, FORECAST)).toBeUndefined();
    await world.clock.advance(900_000);
    expect(await exported(world, FORECAST)).toBeCloseTo(60, 0);
    // Nobody foresaw that the demand would double now.
    world.requestsPerSecond = 120;
    await world.clock.advance(30_000);
    expect(await exported(world, 'wh_demand_requests_per_second{service="service-a"}')).toBe(120);
    expect(await exported(world, FORECAST)).toBeCloseTo(60, 0);
    await world.wh.stop();
  });

  test("is not exported without foresight", async () => {
    const world = createWorld();
    await world.wh.start();
    await world.clock.advance(900_000);
    expect(await exported(world, FORECAST)).toBeUndefined();
    await world.wh.stop();
  });
});

test("a release is under way, then it is not", async () => {
  const world = createWorld();
  world.busyWith = "the deployment d-1";
  await world.wh.start();
  await world.clock.advance(10_000);
  expect(await exported(world, "wh_group_busy")).toBe(1);
  world.busyWith = undefined;
  await world.clock.advance(30_000);
  expect(await exported(world, "wh_group_busy")).toBe(0);
  await world.wh.stop();
});

describe("cost", () => {
  test("of the size of now, and fixed at the most", async () => {
    const world = createWorld({ fleet: testFleet({ region: "eu-central-1" }) });
    await world.wh.start();
    await world.clock.advance(10_000);
    const beside = (await exported(world, 'wh_cost_usd_per_hour{part="beside"}')) ?? Number.NaN;
    const workers = (await exported(world, 'wh_cost_usd_per_hour{part="workers"}')) ?? Number.NaN;
    const fixed = (await exported(world, "wh_cost_fixed_usd_per_hour")) ?? Number.NaN;
    expect(workers).toBeGreaterThan(0);
    expect(fixed).toBeGreaterThan(beside + 6 * workers - 1e-9);
    await world.wh.stop();
  });

  test("a region whose prices are not known exports none, never 0", async () => {
    const world = createWorld({ fleet: testFleet({ region: "eu-west-1" }) });
    await world.wh.start();
    await world.clock.advance(10_000);
    expect(await exported(world, "wh_cost_fixed_usd_per_hour")).toBeUndefined();
    expect(await exported(world, 'wh_cost_usd_per_hour{part="workers"}')).toBeUndefined();
    await world.wh.stop();
  });
});
