import request from "supertest";
import { describe, expect, test } from "vitest";
import { createInMemoryState } from "../store/in-memory-state.ts";
import { API_TOKEN, createWorld } from "../test-support/world.ts";

type World = ReturnType<typeof createWorld>;
const get = (world: World, path: string) => request(world.wh.app).get(path).set("authorization", `Bearer ${API_TOKEN}`);
const put = (world: World, body: object) =>
  request(world.wh.app).post("/api/overrides").set("authorization", `Bearer ${API_TOKEN}`).send(body);

describe("open routes", () => {
  test("healthz at once, readyz after the first tick", async () => {
    const world = createWorld();
    expect((await request(world.wh.app).get("/healthz")).status).toBe(200);
    expect((await request(world.wh.app).get("/readyz")).status).toBe(503);
    await world.wh.start();
    await world.clock.advance(100);
    expect((await request(world.wh.app).get("/readyz")).status).toBe(200);
    await world.wh.stop();
  });

  test("metrics hold the policy's thresholds", async () => {
    const { text } = await request(createWorld().wh.app).get("/metrics");
    expect(text).toContain('fleet_policy_target{kind="requests_per_replica_high",service="service-a"} 70');
    expect(text).toContain('fleet_policy_target{kind="replicas_max",service="service-a"} 10');
    expect(text).toContain('fleet_policy_target{kind="cpu_high",service=""} 0.6');
    expect(text).toContain("wh_blind_seconds_total 0");
  });

  test("anything else is 404", async () => {
    expect((await request(createWorld().wh.app).get("/nothing")).status).toBe(404);
  });
});

describe("the API", () => {
  test.each([
    ["get", "/api/status"],
    ["get", "/api/decisions"],
    ["get", "/api/explain"],
    ["post", "/api/overrides"],
    ["delete", "/api/overrides/x"],
  ] as const)("%s %s wants the API's token", async (method, path) => {
    const { app } = createWorld().wh;
    expect((await request(app)[method](path)).status).toBe(401);
    expect((await request(app)[method](path).set("authorization", "Bearer wrong")).status).toBe(401);
  });

  test("status before the first tick has nothing observed", async () => {
    expect((await get(createWorld(), "/api/status")).body).toMatchObject({
      lastTick: null,
      workers: null,
      members: [],
      targets: [],
    });
  });

  test("status, decisions and explain after load has come", async () => {
    const world = createWorld();
    world.requestsPerSecond = 200;
    await world.wh.start();
    await world.clock.advance(100);
    const { body } = await get(world, "/api/status");
    expect(body).toMatchObject({
      fleet: { name: "test", environment: "local" },
      hold: false,
      lastTick: { number: 1, metricsReadable: true, groupProblem: null },
      workers: { inService: 1, groupDesired: 1, desired: 1, min: 1, max: 6 },
      services: { "service-a": { requestsPerSecond: 200, demand: 200, replicasReady: 1, replicasDesired: 3 } },
      members: [{ id: "i-1", services: { "service-a": { replicasReady: 1, replicasDesired: 3 } } }],
    });
    const decisions = await get(world, "/api/decisions?target=replicas/i-1/service-a");
    expect(decisions.body.decisions[0]).toMatchObject({
      kind: "scale-containers",
      from: 1,
      to: 3,
      reason: { code: "load-needs-more" },
      text: expect.stringContaining("200 req/s"),
      outcome: { status: "applied" },
    });
    const explained = await get(world, "/api/explain?target=replicas/i-1/service-a");
    expect(explained.body).toMatchObject({
      decision: { to: 3 },
      recommendations: [{ value: 4 }],
      commanded: { value: 3 },
    });
    const audit = await get(world, "/api/decisions?since=0&target=replicas/i-1/service-a");
    expect(audit.body.decisions).toEqual(decisions.body.decisions);
    expect((await get(world, "/api/decisions?since=0&until=1")).body.decisions).toEqual([]);
    expect((await get(world, "/api/explain")).body.targets).toHaveLength(2);
    await world.wh.stop();
  });

  test.each([
    ["/api/decisions?limit=0", 400, /1 to 1000/],
    ["/api/decisions?limit=x", 400, /1 to 1000/],
    ["/api/decisions?target=a&target=b", 400, /one short text/],
    [`/api/decisions?${"a=1&".repeat(1_500)}limit=0`, 400, /1 to 1000/],
    ["/api/decisions?since=yesterday", 400, /since is a time in epoch milliseconds/],
    ["/api/decisions?since=1&until=-1", 400, /until is a time/],
    ["/api/explain?target=nope", 404, /no tick/],
    ["/api/explain?receipt=nope", 404, /unknown receipt/],
  ])("%s is refused", async (path, status, problem) => {
    const answer = await get(createWorld(), path);
    expect([answer.status, answer.body.error]).toEqual([status, expect.stringMatching(problem)]);
  });
});

describe("overrides", () => {
  test("an id that is no text is told as one", async () => {
    const answer = await request(createWorld().wh.app)
      .delete("/api/overrides/%ZZ")
      .set("authorization", `Bearer ${API_TOKEN}`);
    expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining("write %25 for it")]);
  });

  test("a pin is followed at once, ends by itself, and the load rules again", async () => {
    const world = createWorld();
    await world.wh.start();
    await world.clock.advance(100);
    const answer = await put(world, { kind: "pin-workers", workers: 3, reason: "test", forSeconds: 60, by: "eva" });
    expect([answer.status, answer.body]).toMatchObject([201, { kind: "pin-workers", workers: 3, by: "eva" }]);
    await world.clock.advance(1000);
    expect(world.calls).toEqual(["desired 3"]);
    expect((await get(world, "/api/status")).body.overrides).toHaveLength(1);
    await world.clock.advance(60_000);
    expect((await get(world, "/api/status")).body.overrides).toEqual([]);
    await world.wh.stop();
  });

  test("one can be removed, once", async () => {
    const world = createWorld();
    const { id } = (await put(world, { kind: "pause", reason: "test", forSeconds: 60 })).body;
    const remove = () =>
      request(world.wh.app).delete(`/api/overrides/${id}`).set("authorization", `Bearer ${API_TOKEN}`);
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect((await get(world, "/api/status")).body.overrides).toEqual([]);
  });

  test("what cannot be stored is not promised", async () => {
    const state = { ...createInMemoryState(), put: async () => Promise.reject(new Error("table away")) };
    const world = createWorld({ state });
    const answer = await put(world, { kind: "pause", reason: "test", forSeconds: 60 });
    expect([answer.status, answer.body.error]).toEqual([503, expect.stringContaining("table away")]);
    expect((await get(world, "/api/status")).body.overrides).toEqual([]);
  });

  test.each([
    ["an unknown kind", { kind: "stop", reason: "test", forSeconds: 60 }, /kind/],
    ["no reason", { kind: "pause", forSeconds: 60 }, /reason/],
    ["no duration", { kind: "pause", reason: "test" }, /forSeconds/],
    ["longer than a day", { kind: "pause", reason: "test", forSeconds: 86_401 }, /forSeconds/],
    ["unknown keys", { kind: "pause", reason: "test", forSeconds: 60, extra: 1 }, /extra/],
    ["too many workers", { kind: "pin-workers", workers: 7, reason: "test", forSeconds: 60 }, /7 is outside 1 to 6/],
    [
      "half a replica",
      { kind: "pin-replicas", service: "service-a", replicas: 1.5, reason: "test", forSeconds: 60 },
      /replicas/,
    ],
    [
      "an unknown service",
      { kind: "pin-replicas", service: "nope", replicas: 1, reason: "test", forSeconds: 60 },
      /known are service-a/,
    ],
    [
      "a service named like an object's property",
      { kind: "pin-replicas", service: "constructor", replicas: 1, reason: "test", forSeconds: 60 },
      /known are service-a/,
    ],
    [
      "workers outside the bounds",
      { kind: "limit-workers", min: 0, max: 7, reason: "test", forSeconds: 60 },
      /min: 0 is outside 1 to 6; max: 7 is outside/,
    ],
    [
      "the least above the most",
      { kind: "limit-workers", min: 4, max: 2, reason: "test", forSeconds: 60 },
      /min: 4 is more than max, 2/,
    ],
    [
      "a limit that limits nothing",
      { kind: "limit-workers", reason: "test", forSeconds: 60 },
      /min: write min, max or both/,
    ],
    ["an empty reason", { kind: "pause", reason: " ", forSeconds: 60 }, /reason: write one line/],
    ["a reason of two lines", { kind: "pause", reason: "a\nb", forSeconds: 60 }, /reason: write one line/],
    ["an end in the past", { kind: "pause", reason: "test", forSeconds: -5 }, /forSeconds/],
    ["control characters in by", { kind: "pause", reason: "test", forSeconds: 60, by: "a\nb" }, /printable/],
  ])("%s is refused and nothing changes", async (_rule, body, problem) => {
    const world = createWorld();
    const answer = await put(world, body);
    expect([answer.status, answer.body.error]).toEqual([422, expect.stringMatching(problem)]);
    expect((await get(world, "/api/status")).body.overrides).toEqual([]);
  });
});
