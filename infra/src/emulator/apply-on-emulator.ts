import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { fleetAccount } from "../account/account.ts";
import { stateBucketName } from "../account/state-backend.ts";
import { runCommand } from "../terraform/run-command.ts";
import { createTerraform } from "../terraform/terraform.ts";
import { createWorkspace } from "../terraform/workspace.ts";
import { bootstrapOnEmulator } from "./bootstrap-on-emulator.ts";
import { createCertificate } from "./certificate.ts";
import type { DeployProject } from "./deploy-project.ts";
import { type EmulatedAccount, openAccount } from "./emulated-account.ts";
import { type FleetRun, fleetOnEmulator } from "./fleet-on-emulator.ts";
import { startMoto } from "./moto.ts";
import { createStateBucket } from "./state-bucket.ts";
import { createSteps, type RunStep } from "./steps.ts";

export interface EmulatorRun extends Pick<FleetRun, "config" | "whileApplied"> {
  readonly mirror: string | undefined;
  readonly path: string | undefined;
  /** What is done, as it is done. */
  readonly say: (line: string) => void;
  readonly project: Pick<DeployProject, "deploy" | "cdktf">;
  /** Path of an installed cdktf command line, to be tried as well. */
  readonly cdktf: string | undefined;
}

/**
 * Applies the stacks to an emulated AWS, checks what they made, plans again, and destroys them. Both at once, since a bucket alone
 * takes Terraform a minute. The budget is left out: moto has none worth the name. Resolves with the faults.
 */
export async function applyOnEmulator(run: EmulatorRun): Promise<readonly string[]> {
  const { config, path, say } = run;
  const scratch = mkdtempSync(join(tmpdir(), "fleet-emulator-"));
  const certificate = await createCertificate(scratch, path);
  const moto = await startMoto(path, config.deploy.account);
  const faults: string[] = [];
  const step = createSteps(say, faults);
  // A door each: only what the fleet's stack asks for is what the role that deploys has to be allowed.
  const through = async (stack: string, use: (account: EmulatedAccount) => Promise<void>) => {
    const account = await openAccount(moto.endpoint, { region: config.region, certificate });
    await use(account).finally(() => account.aws.close());
    await step(`${stack}: the emulator could answer`, async () => {
      const failures = [...new Set(account.aws.failures)];
      if (failures.length > 0) throw new Error(`it failed on ${failures.join("; ")}`);
      return "everything";
    });
  };
  try {
    await Promise.all([
      through("fleet", (account) => applyFleet(run, account, step)),
      through("bootstrap", (account) => deployBootstrap(run, account, step)),
    ]);
    return faults;
  } finally {
    await moto.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function applyFleet(run: EmulatorRun, account: EmulatedAccount, step: RunStep): Promise<void> {
  const { config, whileApplied } = run;
  const workspace = createWorkspace(config, ["fleet"], "emulated");
  try {
    const terraform = terraformIn(workspace.folder("fleet"), run, account);
    await fleetOnEmulator({ config, terraform, account, step, whileApplied });
  } finally {
    workspace.remove();
  }
}

async function deployBootstrap(run: EmulatorRun, account: EmulatedAccount, step: RunStep): Promise<void> {
  const { config, project, cdktf } = run;
  const s3 = new S3Client({ ...account.settings, forcePathStyle: true });
  try {
    await bootstrapOnEmulator({
      config,
      bucket: createStateBucket(s3, stateBucketName(config)),
      step,
      deploy: (args) => project.deploy(args, account),
      cdktf:
        cdktf === undefined
          ? undefined
          : (args, env) => project.cdktf(cdktf, args, account, { ...env, FLEET_ACCOUNT: fleetAccount(config) }),
    });
  } finally {
    s3.destroy();
  }
}

function terraformIn(folder: string, { path, mirror }: EmulatorRun, account: EmulatedAccount) {
  const env = { PATH: path, HOME: folder, ...account.env };
  return createTerraform({ run: runCommand, folder, mirror, locked: true, env });
}
