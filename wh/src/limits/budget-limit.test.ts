import { expect, test } from "vitest";
import { testFleet } from "../test-support/test-fleet.ts";
import { createWorld } from "../test-support/world.ts";
import { budgetLimit } from "./budget-limit.ts";

const fleet = testFleet({ budget: { hourlyUsd: 0.2 } });

test("the budget is a most, and says what it is", () => {
  expect(budgetLimit(fleet)).toEqual({
    limits: [
      {
        id: "budget",
        source: "budget",
        target: { kind: "workers" },
        max: 3,
        by: "the budget",
        reason: "budget.hourlyUsd is 0.2",
      },
    ],
  });
  expect(budgetLimit(testFleet())).toEqual({ limits: [] });
  expect(budgetLimit(testFleet({ budget: { hourlyUsd: 50 } }))).toEqual({ limits: [] });
});

test("a price that nobody knows, and a minimum that costs more, are told", () => {
  const unknown = testFleet({ budget: { hourlyUsd: 1 }, workers: { instanceTypes: ["m7i.large"] } });
  expect(budgetLimit(unknown)).toEqual({
    limits: [],
    problem: expect.stringContaining("write budget.prices: {m7i.large"),
  });
  const dear = budgetLimit(testFleet({ budget: { hourlyUsd: 0.05 }, workers: { min: 2, max: 6 } }));
  expect(dear).toMatchObject({ limits: [{ max: 2 }], problem: expect.stringContaining("the minimum is kept") });
});

test("the scaler buys no more than that, and says what it did not buy", async () => {
  const said: string[] = [];
  const world = createWorld({ fleet, channels: [{ name: "chat", send: async (text) => void said.push(text) }] });
  world.requestsPerSecond = 4500;
  await world.wh.start();
  await world.clock.advance(30_000);
  expect(world.calls.filter((call) => call.startsWith("desired"))).toEqual(["desired 3"]);
  await world.clock.advance(120_000);
  await world.wh.stop();
  expect(said.join("\n")).toMatch(/workers scaled out 1 -> 3 \(\+\d+\.\d\d USD a day\)/);
  expect(said.join("\n")).toMatch(/at most 3 by the budget \(budget\.hourlyUsd is 0\.2\); 5 are needed/);
});
