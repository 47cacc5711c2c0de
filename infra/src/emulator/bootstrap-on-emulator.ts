import type { FleetConfig } from "@compose-fleet/policy";
import { stateKey } from "../state-backend.ts";
import { changedAddresses } from "../terraform/plan.ts";
import type { CommandResult } from "../terraform/run-command.ts";
import type { Terraform } from "../terraform/terraform.ts";
import type { BootstrapFolder } from "./bootstrap-folder.ts";
import type { StateBucket } from "./state-bucket.ts";
import type { RunStep } from "./steps.ts";

export interface BootstrapRun {
  readonly config: FleetConfig;
  readonly folder: BootstrapFolder;
  /** In that folder. */
  readonly terraform: Terraform;
  readonly bucket: StateBucket;
  readonly step: RunStep;
  /** Runs `npm run deploy` with these arguments against the emulator. */
  readonly deploy: (args: readonly string[]) => Promise<CommandResult>;
  /** Whether the cdktf command line is there for `deploy`; without it only what `deploy` refuses beforehand is tried. */
  readonly hasCdktf: boolean;
}

/** A lock as Terraform writes it, of somebody else. */
const LOCK = {
  ID: "6ad2c2c8-0000-0000-0000-000000000000",
  Operation: "OperationTypeApply",
  Info: "",
  Who: "ann@laptop",
  Version: "1.11.4",
  Created: "2026-01-01T00:00:00Z",
};

/** Takes the bootstrap stack from an empty account to nothing left, as docs/deploy.md does: with its state beside it, into its bucket, and out. */
export async function bootstrapOnEmulator(run: BootstrapRun): Promise<void> {
  const { config, folder, terraform, bucket, step } = run;
  const key = stateKey(config, "bootstrap");
  await step("bootstrap: the fleet is refused as long as nothing holds its state", () =>
    refused(run, "fleet", "deploy -- bootstrap"),
  );
  const applied = await step("bootstrap: apply, its state beside it", async () => {
    folder.keepStateIn("local");
    await terraform.init();
    const { plan } = await terraform.plan();
    await terraform.apply();
    return `${changedAddresses(plan).length} resources`;
  });
  if (!applied) return;
  await step("bootstrap: its state moves into the bucket", async () => {
    folder.keepStateIn("bucket");
    await terraform.init({ moveState: true });
    return `${await bucket.resources(key)} resources are recorded there`;
  });
  await step("bootstrap: second plan", async () => {
    const changed = changedAddresses((await terraform.plan()).plan);
    if (changed.length > 0) throw new Error(`would change ${changed.join(", ")}`);
    return "no changes";
  });
  await step("bootstrap: the fleet is refused without its secrets", () =>
    refused(run, "fleet", "fleet secrets generate"),
  );
  await step("bootstrap: somebody else's lock stops the deployment, and Terraform", () => locked(run, `${key}.tflock`));
  await step("bootstrap: its state moves out, the bucket is emptied, destroy", async () => {
    folder.keepStateIn("local");
    await terraform.init({ moveState: true });
    await bucket.empty();
    await terraform.plan({ destroy: true });
    await terraform.apply();
    const left = await terraform.stateList();
    if (left.length > 0) throw new Error(`left ${left.join(", ")}`);
    return "nothing is left";
  });
  if (run.hasCdktf)
    await step("bootstrap: npm run deploy, by the cdktf command line", async () => {
      const { exitCode, stdout, stderr } = await run.deploy(["bootstrap", "--yes"]);
      if (exitCode !== 0) throw new Error(`ended with ${exitCode}: ${`${stdout}\n${stderr}`.slice(-2_000)}`);
      return `${await bucket.resources(key)} resources are recorded in the bucket`;
    });
}

async function locked(run: BootstrapRun, key: string): Promise<string> {
  await run.bucket.put(key, JSON.stringify(LOCK));
  try {
    const words = await refused(run, "bootstrap", `${LOCK.Who} has held the state of bootstrap`);
    const failure = await run.terraform.plan().then(
      () => "",
      (error: unknown) => String(error),
    );
    if (!failure.includes("Error acquiring the state lock"))
      throw new Error(`Terraform planned nevertheless: ${failure}`);
    return words;
  } finally {
    await run.bucket.delete(key);
  }
}

/** Whether `npm run deploy` refuses this stack with these words; rejects where it does not. */
async function refused({ deploy }: BootstrapRun, stack: string, words: string): Promise<string> {
  const { exitCode, stdout, stderr } = await deploy([stack, "--yes"]);
  if (exitCode === 2 && stdout.includes(words)) return "yes";
  throw new Error(`npm run deploy -- ${stack} ended with ${exitCode}, not with 2 and "${words}": ${stdout}${stderr}`);
}
