import request from "supertest";
import { describe, expect, test } from "vitest";
import { payload } from "../../wh/src/test-support/notifications.ts";
import { ALERTS_TOKEN, API_TOKEN, createWorld } from "../../wh/src/test-support/world.ts";
import { readYaml } from "./read-yaml.ts";

// Each test is a pitfall of scaling by Alertmanager, named after the fact; how the fleet stays out of it is in the test.

type World = ReturnType<typeof createWorld>;
const HIGH = {
  alertname: "HighRequestRate",
  scale: "containers",
  direction: "up",
  service: "service-a",
  worker: "i-1",
};
const TEST = { ...HIGH, fleet_test: "true" };

async function running(): Promise<World> {
  const world = createWorld();
  await world.wh.start();
  await world.clock.advance(20_000);
  return world;
}
const post = (world: World, body: object) =>
  request(world.wh.app).post("/alerts").set("authorization", `Bearer ${ALERTS_TOKEN}`).send(body);
const api = async (world: World, url: string) =>
  (await request(world.wh.app).get(url).set("authorization", `Bearer ${API_TOKEN}`)).body;

describe("notifications", () => {
  test("an unchanged firing group is silent: the loop follows the load without hearing again", async () => {
    const world = await running();
    await post(world, payload(HIGH));
    world.requestsPerSecond = 200;
    await world.clock.advance(10_000);
    world.requestsPerSecond = 400;
    await world.clock.advance(10_000);
    expect(world.calls).toEqual(["i-1 service-a 3", "i-1 service-a 6"]);
    await world.wh.stop();
  });

  test("repeats come on group_interval ticks only, and equal values double: 30s and 25s make a pulse of 30 s", () => {
    const { routes } = readYaml("stack-prometheus/rendered/alertmanager.yml").route;
    const scaling = routes.find((route: { receiver: string }) => route.receiver === "wh");
    expect(scaling).toMatchObject({ group_wait: "0s", group_interval: "30s", repeat_interval: "25s" });
  });

  test("a group is sent whole, and its status is firing if any alert fires: only each alert's own status counts", async () => {
    const world = await running();
    const [resolved] = payload(TEST, { status: "resolved" }).alerts as object[];
    const [other] = payload({ alertname: "Other" }, { fingerprint: "0123456789abcdef" }).alerts as object[];
    await post(world, { ...payload(TEST), status: "firing", alerts: [resolved, other] }).expect(202);
    await world.clock.advance(60_000);
    expect(world.calls).toEqual([]);
    await post(world, { ...payload(TEST, { startsAt: "2026-01-01T00:09:00Z" }), status: "resolved" }).expect(202);
    await world.clock.advance(60_000);
    expect(world.calls).toEqual(["i-1 service-a 2"]);
    await world.wh.stop();
  });

  test("a slow receiver gets duplicates: the answer is 202 before any work, also while the world hangs", async () => {
    const world = createWorld();
    // Not even started: no tick has run, none will.
    const answer = await post(world, payload(HIGH));
    expect([answer.status, world.observations]).toEqual([202, 0]);
    expect(answer.body.receipt).toBeTruthy();
  });

  test("4xx is sent again without end, 5xx with back-off: what can never be understood is 4xx, and changes nothing", async () => {
    const world = await running();
    const seen = world.observations;
    for (const body of [{}, { ...payload(HIGH), version: "3" }, { ...payload(HIGH), alerts: "all" }])
      await post(world, body).expect(422);
    await world.clock.advance(1000);
    expect([world.calls, world.observations]).toEqual([[], seen]);
    await world.wh.stop();
  });

  test("delivery is at least once: a duplicate steps no second time, and a repeat is a new pulse that names the first", async () => {
    const world = await running();
    const first = (await post(world, payload(TEST))).body.receipt;
    const second = (await post(world, payload(TEST))).body.receipt;
    expect(second).not.toBe(first);
    await world.clock.advance(60_000);
    expect(world.calls).toEqual(["i-1 service-a 2"]);
    expect((await api(world, `/api/explain?receipt=${second}`)).receipt).toMatchObject({ repeats: first });
    const before = world.observations;
    await post(world, payload(TEST));
    await world.clock.advance(600);
    expect(world.observations).toBe(before + 1);
    await world.wh.stop();
  });

  test("resolved and fired again inside one group_interval sends nothing: the loop sees short peaks by itself", async () => {
    const world = await running();
    world.requestsPerSecond = 500;
    await world.clock.advance(20_000);
    expect(world.calls).toEqual(["i-1 service-a 8"]);
    await world.wh.stop();
  });

  test("the payload has no number: it is queried when deciding, and kept with the decision", async () => {
    const world = await running();
    world.requestsPerSecond = 200;
    const body = payload(HIGH);
    const [alert] = body.alerts as object[];
    await post(world, { ...body, alerts: [{ ...alert, annotations: { value: "999999" } }] });
    await world.clock.advance(1000);
    expect(world.calls).toEqual(["i-1 service-a 3"]);
    const { decisions } = await api(world, "/api/decisions?target=replicas/i-1/service-a");
    expect(decisions[0]).toMatchObject({ to: 3, reason: { numbers: { requestsPerSecond: 200, needed: 3 } } });
    expect(decisions[0].atMs).toBeGreaterThan(0);
    await world.wh.stop();
  });

  test("Prometheus down: alerts look resolved and load looks low: nothing scales in, and the blind time is counted", async () => {
    const world = await running();
    world.requestsPerSecond = 1500;
    await post(world, payload(HIGH));
    await world.clock.advance(30_000);
    world.prometheusIsUp = false;
    world.calls.length = 0;
    await post(world, payload(HIGH, { status: "resolved" }));
    await world.clock.advance(3_600_000);
    expect(world.calls).toEqual([]);
    expect((await api(world, "/api/status")).blindSeconds).toBeGreaterThan(3500);
    await world.wh.stop();
  });

  test("a silence stops the webhook too: the loop scales without any notification, and the own pause expires", async () => {
    const world = await running();
    const pause = { kind: "pause", by: "eva", reason: "a look", forSeconds: 60 };
    await request(world.wh.app)
      .post("/api/overrides")
      .set("authorization", `Bearer ${API_TOKEN}`)
      .send(pause)
      .expect(201);
    world.requestsPerSecond = 200;
    await world.clock.advance(50_000);
    expect(world.calls).toEqual([]);
    await world.clock.advance(40_000);
    expect(world.calls).toEqual(["i-1 service-a 3"]);
    await world.wh.stop();
  });
});
