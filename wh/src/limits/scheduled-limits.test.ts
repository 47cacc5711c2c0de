import { expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { testFleet } from "../test-support/test-fleet.ts";
import { createWorld } from "../test-support/world.ts";
import { createScheduledLimits } from "./scheduled-limits.ts";

const sale = { name: "sale", from: "0 18 * * *", to: "0 22 * * *", min: 3, reason: "evening sale" };
const fleet = testFleet({ schedules: [sale] });
const AT = Date.parse("2026-05-04T17:59:00Z");

test("a schedule holds from its beginning to its end, and says who it is", async () => {
  const clock = createFakeClock(AT);
  const limits = createScheduledLimits(fleet, clock);
  expect(limits()).toEqual([]);
  await clock.advance(60_000);
  expect(limits()).toEqual([
    {
      id: "sale",
      source: "schedule",
      target: { kind: "workers" },
      min: 3,
      by: "the schedule sale",
      reason: "evening sale",
      untilMs: AT + 60_000 + 4 * 3_600_000,
    },
  ]);
  await clock.advance(4 * 3_600_000);
  expect(limits()).toEqual([]);
});

test("a clock that is set back and forth is followed at the next look", () => {
  const clock = createFakeClock(AT);
  const limits = createScheduledLimits(fleet, clock);
  const holds = [0, 120_000, -120_000, 86_400_000 + 120_000, -2 * 86_400_000].map((ms) => {
    clock.jump(ms);
    return limits().length;
  });
  expect(holds).toEqual([0, 1, 0, 1, 1]);
});

test("the scaler goes to a schedule's number, and both scalers say the same of it", async () => {
  const world = createWorld({ fleet, clock: createFakeClock(AT) });
  await world.wh.start();
  await world.clock.advance(50_000);
  expect(world.calls).toEqual([]);
  await world.clock.advance(30_000);
  expect(world.calls).toEqual(["desired 3"]);
  await world.wh.stop();
});
