import type { FleetConfig } from "@compose-fleet/fleet";
import { stackName } from "../account/names.ts";
import { stateKey } from "../account/state-backend.ts";
import type { CommandResult } from "../terraform/run-command.ts";
import type { StateBucket } from "./state-bucket.ts";
import type { RunStep } from "./steps.ts";

export interface BootstrapRun {
  readonly config: FleetConfig;
  readonly bucket: StateBucket;
  readonly step: RunStep;
  /** Runs `npm run deploy` with these arguments against the emulator. */
  readonly deploy: (args: readonly string[]) => Promise<CommandResult>;
  /** Runs the cdktf command line, where one is installed. */
  readonly cdktf:
    | ((args: readonly string[], env: Readonly<Record<string, string>>) => Promise<CommandResult>)
    | undefined;
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

/** Takes the bootstrap stack from an empty account to nothing left by `npm run deploy`, as docs/deploy.md does: with its state beside it, into its bucket, and out. */
export async function bootstrapOnEmulator(run: BootstrapRun): Promise<void> {
  const { config, bucket, step, cdktf } = run;
  const key = stateKey(config, "bootstrap");
  await step("bootstrap: the fleet is refused as long as nothing holds its state", () =>
    refused(run, "fleet", "deploy -- bootstrap"),
  );
  const deployed = await step("bootstrap: apply, its state beside it, which then moves into the bucket", async () => {
    await succeed(run, ["bootstrap", "--yes"]);
    return `${await bucket.resources(key)} resources are recorded there`;
  });
  if (!deployed) return;
  await step("bootstrap: second plan", async () => {
    const { stacks } = JSON.parse(await succeed(run, ["bootstrap", "--plan", "--json"])) as {
      stacks: readonly { readonly changes: readonly { readonly address: string }[] }[];
    };
    const changed = stacks.flatMap(({ changes }) => changes.map(({ address }) => address));
    if (changed.length > 0) throw new Error(`would change ${changed.join(", ")}`);
    return "no changes";
  });
  await step("bootstrap: the fleet is refused without its secrets", () =>
    refused(run, "fleet", "fleet secrets generate"),
  );
  await step("bootstrap: somebody else's lock stops the deployment", () => locked(run, `${key}.tflock`));
  await step("bootstrap: its state moves out, the bucket is emptied, destroy", async () => {
    await succeed(run, ["bootstrap", "--destroy", "--yes"]);
    if (await bucket.exists()) throw new Error("the bucket is still there");
    return "nothing is left";
  });
  if (cdktf === undefined) return;
  await step("bootstrap: by hand, by the cdktf command line", async () => {
    const name = stackName(config, "bootstrap");
    await ended(cdktf(["deploy", name, "--auto-approve", "--skip-provider-lock"], { BOOTSTRAP_STATE: "local" }));
    await ended(cdktf(["deploy", name, "--auto-approve", "--skip-provider-lock", "--migrate-state"], {}));
    return `${await bucket.resources(key)} resources are recorded in the bucket`;
  });
}

async function locked(run: BootstrapRun, key: string): Promise<string> {
  await run.bucket.put(key, JSON.stringify(LOCK));
  try {
    return await refused(run, "bootstrap", `${LOCK.Who} has held the state of bootstrap`);
  } finally {
    await run.bucket.delete(key);
  }
}

/** stdout of `npm run deploy` with these arguments; rejects where it fails. */
async function succeed({ deploy }: BootstrapRun, args: readonly string[]): Promise<string> {
  return (await ended(deploy(args))).stdout;
}

async function ended(running: Promise<CommandResult>): Promise<CommandResult> {
  const result = await running;
  if (result.exitCode === 0) return result;
  throw new Error(`ended with ${result.exitCode}: ${`${result.stdout}\n${result.stderr}`.slice(-2_000)}`);
}

/** Whether `npm run deploy` refuses this stack with these words; rejects where it does not. */
async function refused({ deploy }: BootstrapRun, stack: string, words: string): Promise<string> {
  const { exitCode, stdout, stderr } = await deploy([stack, "--yes"]);
  if (exitCode === 2 && stdout.includes(words)) return "yes";
  throw new Error(`npm run deploy -- ${stack} ended with ${exitCode}, not with 2 and "${words}": ${stdout}${stderr}`);
}
