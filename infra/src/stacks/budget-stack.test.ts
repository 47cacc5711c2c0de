import { expect, test } from "vitest";
import { synthStack, testFleet } from "../testing/synth.ts";
import { BudgetStack } from "./budget-stack.ts";

function budget(notify: { email?: string }) {
  const config = testFleet({ budget: { monthlyUsd: 120 }, notify });
  return synthStack((app) => new BudgetStack(app, config)).one("aws_budgets_budget");
}

test("it counts what carries the fleet's tag, by the month", () => {
  expect(budget({})).toMatchObject({
    limit_amount: "120",
    limit_unit: "USD",
    time_unit: "MONTHLY",
    cost_filter: [{ name: "TagKeyValue", values: ["user:fleet$test"] }],
  });
});

test("somebody is told before it is spent, when it is, and when the month heads for more", () => {
  expect(budget({ email: "ops@example.com" }).notification).toEqual(
    [
      ["ACTUAL", 80],
      ["ACTUAL", 100],
      ["FORECASTED", 100],
    ].map(([notification_type, threshold]) =>
      expect.objectContaining({
        notification_type,
        threshold,
        threshold_type: "PERCENTAGE",
        comparison_operator: "GREATER_THAN",
        subscriber_email_addresses: ["ops@example.com"],
      }),
    ),
  );
});

test("without an address nobody is told", () => {
  expect(budget({}).notification ?? []).toEqual([]);
});
