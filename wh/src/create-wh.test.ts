import request from "supertest";
import { describe, expect, test } from "vitest";
import type { Outcome } from "./act/outcome.ts";
import { createInMemoryState } from "./store/in-memory-state.ts";
import { settle } from "./test-support/fake-clock.ts";
import { payload } from "./test-support/notifications.ts";
import { ALERTS_TOKEN, API_TOKEN, createWorld } from "./test-support/world.ts";

type World = ReturnType<typeof createWorld>;
const notify = async (world: World, labels: Record<string, string>, alert = {}) =>
  (
    await request(world.wh.app)
      .post("/alerts")
      .set("authorization", `Bearer ${ALERTS_TOKEN}`)
      .send(payload(labels, alert))
  ).body.receipt;
const api = async (world: World, path: string) =>
  (await request(world.wh.app).get(path).set("authorization", `Bearer ${API_TOKEN}`)).body;
const HIGH = {
  alertname: "HighRequestRate",
  scale: "containers",
  direction: "up",
  service: "service-a",
  worker: "i-1",
};

async function running(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options);
  await world.wh.start();
  await world.clock.advance(100);
  return world;
}

test("timeline: load comes, replicas and workers follow; load goes, replicas and then workers leave", async () => {
  const world = await running();
  expect(world.calls).toEqual([]);

  world.requestsPerSecond = 1500;
  const receipt = await notify(world, HIGH);
  await world.clock.advance(500);
  expect(world.calls).toEqual(["desired 2", "i-1 service-a 10"]);
  const explained = await api(world, `/api/explain?receipt=${receipt}`);
  expect(explained.receipt).toMatchObject({ tick: 2, holds: [] });
  expect(explained.decisions.map((record: { target: string }) => record.target).sort()).toEqual([
    "replicas/i-1/service-a",
    "workers",
  ]);

  await world.clock.advance(10_000);
  expect(world.workers).toEqual(
    new Map([
      ["i-1", 10],
      ["i-2", 10],
    ]),
  );
  expect(world.baselines.at(-1)).toEqual({ "service-a": 10 });

  world.requestsPerSecond = 10;
  await notify(world, HIGH, { status: "resolved" });
  await world.clock.advance(20 * 60_000);
  expect(world.desired).toBe(1);
  expect([...world.workers.values()]).toEqual([1]);
  expect(world.calls.filter((call) => call.startsWith("terminate"))).toHaveLength(1);
  await world.wh.stop();
});

test("a notification wakes the loop at once, a burst of them once", async () => {
  const world = await running();
  const before = world.observations;
  for (let index = 0; index < 20; index++) await notify(world, HIGH);
  await world.clock.advance(600);
  expect(world.observations).toBe(before + 1);
  await world.wh.stop();
});

test("the loop is fast while a signal is active, and slow again when it has ended", async () => {
  const world = await running();
  await notify(world, HIGH);
  await world.clock.advance(1000);
  const start = world.observations;
  await world.clock.advance(30_000);
  expect(world.observations - start).toBe(6);
  await notify(world, HIGH, { status: "resolved" });
  await world.clock.advance(1000);
  const end = world.observations;
  await world.clock.advance(30_000);
  expect(world.observations - end).toBe(2);
  await world.wh.stop();
});

test("a slow command holds its own target only, and is never given twice meanwhile", async () => {
  const world = await running();
  let finish: (outcome: Outcome) => void = () => {};
  world.onCommand = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  world.requestsPerSecond = 200;
  await notify(world, HIGH);
  await world.clock.advance(30_000);
  expect(world.calls).toEqual(["i-1 service-a 3"]);
  expect((await api(world, "/api/explain?target=replicas/i-1/service-a")).inFlight).toBe(true);
  finish({ status: "applied" });
  await settle();
  expect((await api(world, "/api/explain?target=replicas/i-1/service-a")).inFlight).toBe(false);
  await world.wh.stop();
});

test("hold: everything is decided and recorded, nothing is done", async () => {
  const world = await running({ hold: true });
  world.requestsPerSecond = 5000;
  await world.clock.advance(60_000);
  expect(world.calls).toEqual([]);
  expect(world.baselines).toEqual([]);
  const { decisions } = await api(world, "/api/decisions?target=workers");
  expect(decisions[0]).toMatchObject({
    to: 6,
    outcome: { status: "skipped", reason: expect.stringContaining("hold") },
  });
  // Repeated every tick, recorded once a minute.
  expect(decisions.length).toBeLessThanOrEqual(3);
  await world.wh.stop();
});

describe("what breaks", () => {
  test("Prometheus away: nothing scales in, the time is counted, and people hear of it after a minute", async () => {
    const said: string[] = [];
    const world = await running({ channels: [{ name: "fake", send: async (text) => void said.push(text) }] });
    world.requestsPerSecond = 1500;
    await world.clock.advance(30_000);
    world.prometheusIsUp = false;
    world.calls.length = 0;
    await world.clock.advance(20 * 60_000);
    expect(world.calls).toEqual([]);
    expect((await api(world, "/api/status")).blindSeconds).toBeGreaterThan(1100);
    expect(said.filter((text) => text.includes("not been readable for a minute"))).toHaveLength(1);
    await world.wh.stop();
  });

  test("the group away: the loop goes on and does nothing to it", async () => {
    const world = await running();
    world.groupIsReadable = false;
    world.requestsPerSecond = 5000;
    await world.clock.advance(60_000);
    expect(world.calls).toEqual([]);
    expect((await api(world, "/api/status")).lastTick.groupProblem).toBe("the group cannot be read");
    await world.wh.stop();
  });

  test("the state table away: scaling out goes on, scaling in waits for it", async () => {
    const away = () => Promise.reject(new Error("table away"));
    const state = { ...createInMemoryState(), claim: away, append: away, list: away };
    const world = await running({ state });
    world.requestsPerSecond = 1500;
    await world.clock.advance(30_000);
    expect(world.workers).toEqual(
      new Map([
        ["i-1", 10],
        ["i-2", 10],
      ]),
    );
    world.requestsPerSecond = 10;
    world.calls.length = 0;
    await world.clock.advance(20 * 60_000);
    expect(world.calls).toEqual([]);
    const { text } = await request(world.wh.app).get("/metrics");
    expect(Number(/^wh_state_errors_total (\d+)/m.exec(text)?.[1])).toBeGreaterThan(0);
    await world.wh.stop();
  });
});

test("decisions of before a restart are shown after it", async () => {
  const state = createInMemoryState();
  const first = await running({ state });
  first.requestsPerSecond = 200;
  await first.clock.advance(20_000);
  await first.wh.stop();
  const second = createWorld({ state });
  await second.wh.start();
  const { decisions } = await api(second, "/api/decisions?target=replicas/i-1/service-a");
  expect(
    decisions.some(
      (record: { to: number; outcome?: Outcome }) => record.to === 3 && record.outcome?.status === "applied",
    ),
  ).toBe(true);
  await second.wh.stop();
});

test("no token ever reaches the log", async () => {
  const world = await running();
  await notify(world, HIGH);
  await world.clock.advance(60_000);
  await world.wh.stop();
  const log = world.log.lines.join("\n");
  expect(log).toContain("notification received");
  expect(log).not.toContain(ALERTS_TOKEN);
  expect(log).not.toContain(API_TOKEN);
});
