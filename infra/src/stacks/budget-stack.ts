import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget/index.js";
import type { FleetConfig } from "@compose-fleet/fleet";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { useAws } from "../account/aws.ts";
import { COST_TAG, resourceName, stackName } from "../account/names.ts";
import { useStateBucket } from "../account/state-backend.ts";

/** Shares of the budget, in percent, at which somebody is told: of what was spent, and of what the month is heading for. */
const WARNINGS = [
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "ACTUAL", threshold: 100 },
  { notificationType: "FORECASTED", threshold: 100 },
];

/** What a month may cost before somebody is told. */
export class BudgetStack extends TerraformStack {
  constructor(scope: Construct, config: FleetConfig) {
    super(scope, stackName(config, "budget"));
    useStateBucket(this, config, "budget");
    useAws(this, config);
    const { email } = config.notify;
    new BudgetsBudget(this, "month", {
      name: resourceName(config, "month"),
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: String(config.budget.monthlyUsd),
      limitUnit: "USD",
      costFilter: [{ name: "TagKeyValue", values: [`user:${COST_TAG}$${config.name}-${config.environment}`] }],
      notification: email
        ? WARNINGS.map((warning) => ({
            ...warning,
            comparisonOperator: "GREATER_THAN",
            thresholdType: "PERCENTAGE",
            subscriberEmailAddresses: [email],
          }))
        : [],
    });
    new TerraformOutput(this, "next", {
      value: `Activate the cost allocation tag "${COST_TAG}" once (Billing, Cost allocation tags): the budget of ${config.budget.monthlyUsd} USD counts what carries it. ${
        email ? `Warnings go to ${email}.` : "Nobody is warned: set notify.email in the fleet file."
      }`,
    });
  }
}
