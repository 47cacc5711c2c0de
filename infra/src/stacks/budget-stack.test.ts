import { expect, test } from "vitest";
import { synthStack, testFleet } from "../testing/synth.ts";
import { BudgetStack } from "./budget-stack.ts";
import { FleetStack } from "./fleet-stack.ts";

function budget(notify: { email?: string }) {
  const config = testFleet({ budget: { monthlyUsd: 120 }, notify });
  return synthStack((app) => new BudgetStack(app, config)).one("aws_budgets_budget");
}

test("it counts what carries the tag of this environment of the fleet, by the month", () => {
  expect(budget({})).toMatchObject({
    limit_amount: "120",
    limit_unit: "USD",
    time_unit: "MONTHLY",
    cost_filter: [{ name: "TagKeyValue", values: ["user:fleet-environment$test-production"] }],
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

test("environments count apart, and the tag is on all that they are made of", () => {
  const [stage, production] = ["stage", "production"].map((environment) => {
    const config = testFleet({ environment });
    const { values } = (
      synthStack((app) => new BudgetStack(app, config)).one("aws_budgets_budget") as {
        cost_filter: [{ values: string[] }];
      }
    ).cost_filter[0];
    const [tag = "", value] = (values[0] ?? "").replace("user:", "").split("$");
    const { provider } = synthStack((app) => new FleetStack(app, config)).json;
    expect(provider).toMatchObject({ aws: [{ default_tags: [{ tags: { [tag]: value } }] }] });
    return value;
  });
  expect(stage).not.toBe(production);
});
