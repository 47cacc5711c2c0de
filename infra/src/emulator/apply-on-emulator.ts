import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import type { FleetConfig } from "@compose-fleet/policy";
import { deployPolicies } from "../iam/deploy-statements.ts";
import { changedAddresses } from "../terraform/plan.ts";
import { runCommand } from "../terraform/run-command.ts";
import { createTerraform, type Terraform } from "../terraform/terraform.ts";
import { createWorkspace } from "../terraform/workspace.ts";
import { fleetChecks } from "./checks.ts";
import { unexplainedDrift } from "./drift.ts";
import { startMoto } from "./moto.ts";
import { allowedDrift, createMotoGaps } from "./moto-gaps.ts";
import { startPassThrough } from "./pass-through.ts";

/** Calls of the checks, and the one by which Terraform asks an unchecked account for its number: nobody deploys with them. */
const NOT_DEPLOYMENT = new Set(["autoscaling:SetDesiredCapacity", "dynamodb:PutItem", "iam:GetUser"]);

/** Stacks that moto can hold; it has no budgets worth the name. The bootstrap comes last, as a person's: its calls are not those of the role that deploys. */
const STACKS = ["fleet", "bootstrap"] as const;

export interface EmulatorRun {
  readonly config: FleetConfig;
  readonly mirror: string | undefined;
  readonly path: string | undefined;
  /** What is done, as it is done. */
  readonly say: (line: string) => void;
  /** Runs with the environment of the emulated account once the fleet is applied; rejects with a sentence where something is wrong. */
  readonly whileApplied?: (env: Readonly<Record<string, string>>) => Promise<void>;
}

/** Applies the stacks to an emulated AWS, checks what they made, plans again, and destroys them. Resolves with the faults. */
export async function applyOnEmulator({
  config,
  mirror,
  path,
  say,
  whileApplied,
}: EmulatorRun): Promise<readonly string[]> {
  const moto = await startMoto(path);
  const aws = await startPassThrough(moto.endpoint, createMotoGaps());
  const workspace = createWorkspace(config, STACKS, "emulated");
  const account = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: "emulated",
    AWS_SECRET_ACCESS_KEY: "emulated",
    AWS_REGION: config.region,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const faults: string[] = [];
  const step = createSteps(say, faults);
  try {
    for (const stack of STACKS) {
      const folder = workspace.folder(stack);
      const env = { PATH: path, HOME: folder, ...account };
      const terraform = createTerraform({ run: runCommand, folder, mirror, env });
      const applied = await step(`${stack}: apply`, async () => {
        await terraform.init();
        const { plan } = await terraform.plan();
        await terraform.apply();
        return `${changedAddresses(plan).length} resources`;
      });
      if (applied && stack === "fleet") {
        await checkFleet(config, account, step);
        if (whileApplied) await step("wh's own adapter reads the group", () => whileApplied(account).then(() => "yes"));
      }
      await step(`${stack}: second plan`, () => planAgain(terraform));
      await step(`${stack}: destroy`, () => destroy(terraform));
      if (stack === "fleet")
        await step("the role that deploys may do all that was done", async () => permitted(config, aws.calls));
    }
    faults.push(...aws.failures.map((failure) => `the emulator failed on ${failure}`));
    return faults;
  } finally {
    workspace.remove();
    await aws.close();
    await moto.close();
  }
}

/** Runs steps that go on after a fault, each with its time. */
function createSteps(say: (line: string) => void, faults: string[]) {
  return async (title: string, run: () => Promise<string>): Promise<boolean> => {
    const startedAt = performance.now();
    const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    try {
      const result = await run();
      say(`${title}: ${result} (${seconds()})`);
      return true;
    } catch (error) {
      const message = `${title}: ${error instanceof Error ? error.message : String(error)}`;
      faults.push(message);
      say(`FAULT ${message} (${seconds()})`);
      return false;
    }
  };
}

async function checkFleet(
  config: FleetConfig,
  account: Readonly<Record<string, string>>,
  step: ReturnType<typeof createSteps>,
): Promise<void> {
  const settings = {
    region: config.region,
    endpoint: account.AWS_ENDPOINT_URL ?? "",
    credentials: { accessKeyId: "emulated", secretAccessKey: "emulated" },
  };
  const clients = {
    autoScaling: new AutoScalingClient(settings),
    dynamo: new DynamoDBClient(settings),
    ec2: new EC2Client(settings),
  };
  try {
    for (const { statement, check } of fleetChecks({ ...clients, config }))
      await step(statement, () => check().then(() => "yes"));
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}

async function planAgain(terraform: Terraform): Promise<string> {
  const { plan } = await terraform.plan();
  const changed = changedAddresses(plan);
  const unexplained = unexplainedDrift(plan, allowedDrift);
  if (unexplained.length > 0) throw new Error(`would change what nothing explains: ${unexplained.join("; ")}`);
  return changed.length === 0 ? "no changes" : `only ${changed.length} known differences of the emulator`;
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
    Object.values(deployPolicies(config)).flatMap((statements) => statements.flatMap(({ actions }) => actions)),
  );
  const missing = [...calls].filter((call) => !allowed.has(call) && !NOT_DEPLOYMENT.has(call));
  if (missing.length > 0) throw new Error(`lacks ${missing.sort().join(", ")}`);
  return `${calls.size} calls, all allowed`;
}
