import request from "supertest";
import { expect, test } from "vitest";
import { API_TOKEN, createWorld } from "./test-support/world.ts";

const MINUTES = 60_000;

test("timeline: while a deployment runs workers and replicas come, replicas go, and no worker does; afterwards it does", async () => {
  const world = createWorld();
  world.busyWith = "the deployment d-1 (abc-123 by eva@desk)";
  world.requestsPerSecond = 1500;
  await world.wh.start();
  await world.clock.advance(20_000);
  expect(world.calls.filter((call) => call.startsWith("desired"))).toEqual(["desired 2"]);
  expect(world.workers.get("i-1")).toBe(10);

  world.requestsPerSecond = 10;
  await world.clock.advance(20 * MINUTES);
  expect(world.workers).toEqual(
    new Map([
      ["i-1", 1],
      ["i-2", 1],
    ]),
  );
  expect(world.calls.filter((call) => /^(drain|terminate|replace)/.test(call))).toEqual([]);
  const { body } = await request(world.wh.app).get("/api/status").set("authorization", `Bearer ${API_TOKEN}`);
  expect(body.workers.busyWith).toBe("the deployment d-1 (abc-123 by eva@desk)");
  expect(body.targets[0]).toMatchObject({
    code: "group-busy",
    text: "the deployment d-1 (abc-123 by eva@desk) is under way: no worker is drained, ended or replaced meanwhile",
  });

  world.busyWith = undefined;
  await world.clock.advance(1 * MINUTES);
  expect(world.calls.filter((call) => /^(drain|terminate)/.test(call))).toEqual(["drain i-1", "terminate i-1"]);
  await world.wh.stop();
});
