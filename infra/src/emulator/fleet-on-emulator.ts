import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import type { FleetConfig } from "@compose-fleet/fleet";
import { infrastructurePolicies } from "../iam/deploy-statements.ts";
import { changedAddresses } from "../terraform/plan.ts";
import type { Terraform } from "../terraform/terraform.ts";
import { changesOf } from "./changes.ts";
import { fleetChecks } from "./checks.ts";
import type { EmulatedAccount } from "./emulated-account.ts";
import type { RunStep } from "./steps.ts";

/** Calls of the checks, and the one by which Terraform asks an unchecked account for its number: nobody deploys with them. */
const NOT_DEPLOYMENT = new Set(["autoscaling:SetDesiredCapacity", "dynamodb:PutItem", "iam:GetUser"]);

export interface FleetRun {
  readonly config: FleetConfig;
  /** In the folder of the fleet's stack. */
  readonly terraform: Terraform;
  readonly account: EmulatedAccount;
  readonly step: RunStep;
  /** Runs once the fleet is applied; rejects with a sentence where something is wrong. */
  readonly whileApplied: (account: EmulatedAccount) => Promise<void>;
}

/** Applies the fleet's stack, checks what it made, plans again, and destroys it. */
export async function fleetOnEmulator({ config, terraform, account, step, whileApplied }: FleetRun): Promise<void> {
  const applied = await step("fleet: apply", async () => {
    await terraform.init();
    const { plan } = await terraform.plan();
    await terraform.apply();
    return `${changedAddresses(plan).length} resources`;
  });
  if (applied) {
    await checkFleet(config, account, step);
    await step("fleet: wh's own adapter reads the group", () => whileApplied(account).then(() => "yes"));
  }
  await step("fleet: second plan", () => planAgain(terraform));
  await step("fleet: destroy", () => destroy(terraform));
  await step("fleet: the role that changes the infrastructure may do all that was done", async () =>
    permitted(config, account.aws.calls),
  );
}

async function checkFleet(config: FleetConfig, { settings }: EmulatedAccount, step: RunStep): Promise<void> {
  const clients = {
    autoScaling: new AutoScalingClient(settings),
    dynamo: new DynamoDBClient(settings),
    ec2: new EC2Client(settings),
  };
  try {
    for (const { statement, check } of fleetChecks({ ...clients, config }))
      await step(`fleet: ${statement}`, () => check().then(() => "yes"));
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}

async function planAgain(terraform: Terraform): Promise<string> {
  const { plan } = await terraform.plan();
  const changed = changesOf(plan);
  if (changed.length > 0) throw new Error(`would change ${changed.join("; ")}`);
  return "no changes";
}

async function destroy(terraform: Terraform): Promise<string> {
  await terraform.plan({ destroy: true });
  await terraform.apply();
  const left = await terraform.stateList();
  if (left.length > 0) throw new Error(`left ${left.join(", ")}`);
  return "nothing is left";
}

async function permitted(config: FleetConfig, calls: ReadonlySet<string>): Promise<string> {
  const allowed = new Set(
    Object.values(infrastructurePolicies(config)).flatMap((statements) => statements.flatMap(({ actions }) => actions)),
  );
  const missing = [...calls].filter((call) => !allowed.has(call) && !NOT_DEPLOYMENT.has(call));
  if (missing.length > 0) throw new Error(`lacks ${missing.sort().join(", ")}`);
  return `${calls.size} calls, all allowed`;
}
