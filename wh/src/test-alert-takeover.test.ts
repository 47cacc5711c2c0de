import request from "supertest";
import { describe, expect, test } from "vitest";
import { createInMemoryLease } from "./leader/in-memory-lease.ts";
import { createInMemoryState } from "./store/in-memory-state.ts";
import { createFakeClock } from "./test-support/fake-clock.ts";
import { payload } from "./test-support/notifications.ts";
import { ALERTS_TOKEN, createWorld } from "./test-support/world.ts";

type World = ReturnType<typeof createWorld>;

const alert = (direction: "up" | "down") =>
  payload({ alertname: "Test", scale: "containers", direction, service: "service-a", fleet_test: "true" });
const tell = (world: World, direction: "up" | "down") =>
  request(world.wh.app)
    .post("/alerts")
    .set("authorization", `Bearer ${ALERTS_TOKEN}`)
    .send(alert(direction))
    .expect(202);

/** A scaler that leads and one that stands by, in the same world. */
async function pair(replicas: number) {
  const shared = {
    clock: createFakeClock(1_700_000_000_000),
    state: createInMemoryState(),
    lease: createInMemoryLease(),
  };
  const leader = createWorld({ ...shared, holder: "wh/1" });
  const standby = createWorld({ ...shared, holder: "wh-standby/1" });
  leader.workers.set("i-1", replicas);
  standby.workers = leader.workers;
  await leader.wh.start();
  await standby.wh.start();
  await shared.clock.advance(20_000);
  return { ...shared, leader, standby };
}

describe("a test alert steps once, whoever leads", () => {
  test.each([
    ["up", 1, "i-1 service-a 2"],
    ["down", 5, "i-1 service-a 4"],
  ] as const)("%s: a standby that hears of it after the step, and takes over", async (direction, replicas, call) => {
    const { clock, leader, standby } = await pair(replicas);
    await tell(leader, direction);
    await clock.advance(10_000);
    await tell(standby, direction);
    await clock.advance(10_000);
    expect(leader.calls).toEqual([call]);
    await leader.wh.stop();
    for (let minute = 0; minute < 3; minute++) {
      await tell(standby, direction);
      await clock.advance(60_000);
    }
    expect(standby.calls).toEqual([]);
    await standby.wh.stop();
  });

  test("up: a scaler that is started anew and hears of it again", async () => {
    const { clock, state, lease, leader, standby } = await pair(1);
    await tell(leader, "up");
    await clock.advance(10_000);
    expect(leader.calls).toEqual(["i-1 service-a 2"]);
    await standby.wh.stop();
    await leader.wh.stop();
    const next = createWorld({ clock, state, lease, holder: "wh/2" });
    next.workers = leader.workers;
    await next.wh.start();
    await tell(next, "up");
    await clock.advance(60_000);
    expect(next.calls).toEqual([]);
    await next.wh.stop();
  });
});
