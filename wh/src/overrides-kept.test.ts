import request from "supertest";
import { expect, test } from "vitest";
import { createInMemoryLease } from "./leader/in-memory-lease.ts";
import { createInMemoryState } from "./store/in-memory-state.ts";
import { testFleet } from "./test-support/test-fleet.ts";
import { API_TOKEN, createWorld } from "./test-support/world.ts";

type World = ReturnType<typeof createWorld>;
const ask = (world: World, method: "get" | "post" | "delete", path: string) =>
  request(world.wh.app)[method](path).set("authorization", `Bearer ${API_TOKEN}`);
const sale = { kind: "limit-workers", min: 3, forSeconds: 600, by: "ann", reason: "sale" };

test("an override is kept for the audit, shown in status and explain, and its end says who ended it", async () => {
  const world = createWorld();
  await world.wh.start();
  await world.clock.advance(100);
  const { id } = (await ask(world, "post", "/api/overrides").send(sale)).body;
  await world.clock.advance(1000);
  expect(world.calls).toEqual(["desired 3"]);
  const limit = {
    id,
    source: "override",
    target: "workers",
    min: 3,
    by: "ann",
    reason: "sale",
    untilMs: expect.any(Number),
  };
  expect((await ask(world, "get", "/api/status")).body.limits).toEqual([limit]);
  await world.clock.advance(20_000);
  const explained = (await ask(world, "get", "/api/explain?target=workers")).body;
  expect(explained.decision.text).toMatch(/^at least 3 by ann until .* UTC \(sale\); 1 are needed$/);
  await ask(world, "delete", `/api/overrides/${id}?by=eva`);
  const { decisions } = (await ask(world, "get", "/api/decisions?limit=1000")).body;
  expect(
    decisions.filter(({ kind }: { kind: string }) => kind === "override").map(({ text }: { text: string }) => text),
  ).toEqual([
    "the override for at least 3 was ended by eva",
    expect.stringMatching(/^an override: at least 3 by ann until .* UTC \(sale\)$/),
  ]);
  await world.wh.stop();
});

test("the scaler that takes over keeps to it from its first tick on", async () => {
  const state = createInMemoryState();
  const lease = createInMemoryLease();
  const first = createWorld({ state, lease });
  const second = createWorld({ state, lease, clock: first.clock, holder: "wh-standby/1" });
  await first.wh.start();
  await second.wh.start();
  await first.clock.advance(16_000);
  await ask(first, "post", "/api/overrides").send(sale);
  await first.wh.stop();
  await first.clock.advance(7000);
  expect(second.calls).toEqual(["desired 3"]);
  await second.wh.stop();
});

test.each<[rule: string, dry: object, calls: readonly string[]]>([
  ["a service that only tries: workers are scaled, its replicas are not", { services: true }, ["desired 3"]],
  ["a fleet that only tries: nothing is done", { fleet: true }, []],
])("%s, and it is said", async (_rule, dry, calls) => {
  const services = {
    "service-a": {
      path: "/api/",
      port: 3000,
      memory: "64m",
      capacity: { requestsPerSecond: 100 },
      dryRun: "services" in dry,
    },
  };
  const world = createWorld({ fleet: testFleet({ services, scaling: { dryRun: "fleet" in dry } }) });
  world.requestsPerSecond = 2000;
  await world.wh.start();
  await world.clock.advance(60_000);
  expect(world.calls).toEqual(calls);
  const { decisions } = (await ask(world, "get", "/api/decisions?limit=1000&target=replicas/i-1/service-a")).body;
  expect(decisions[0]).toMatchObject({
    kind: "scale-containers",
    from: 1,
    outcome: { status: "skipped", reason: "dry run: nothing was done" },
  });
  // What is only said starts no new worker with it, either.
  expect(world.baselines).toEqual("services" in dry ? [{ "service-a": 1 }] : []);
  await world.wh.stop();
});
