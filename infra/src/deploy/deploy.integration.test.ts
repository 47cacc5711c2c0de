import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { loadFleetFile } from "@compose-fleet/files";
import { fleetNames, fleetSecrets } from "@compose-fleet/fleet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withAccount } from "../account/account.ts";
import { stateBucketName, stateKey } from "../account/state-backend.ts";
import { createCertificate, hasOpenssl } from "../emulator/certificate.ts";
import { createDeployProject, type DeployProject } from "../emulator/deploy-project.ts";
import { type EmulatedAccount, openAccount } from "../emulator/emulated-account.ts";
import { hasMoto, startMoto } from "../emulator/moto.ts";
import { createStateBucket } from "../emulator/state-bucket.ts";
import { findTools } from "../terraform/provider.ts";
import type { StopSignal } from "../terraform/run-command.ts";

// biome-ignore lint/style/noProcessEnv: a test reads what its machine has
const env = process.env;
const fleetFile = new URL("../../../fleet.yaml", import.meta.url).pathname;
const config = withAccount(await loadFleetFile(fleetFile), "123456789012");
const MINUTES = 60_000;

const tools = findTools(env, homedir(), false);
const missing = !tools.found
  ? tools.reason
  : !hasMoto(env.PATH)
    ? "moto_server is not on this machine's PATH: pip install 'moto[server]'."
    : hasOpenssl(env.PATH)
      ? undefined
      : "openssl is not on this machine's PATH: install it.";
if (missing !== undefined) process.stderr.write(`\nNOT RUN, npm run deploy against an emulated AWS: ${missing}\n\n`);

describe.runIf(missing === undefined)("npm run deploy, with Terraform, on an emulated AWS", () => {
  let scratch: string;
  let project: DeployProject;
  let account: EmulatedAccount;
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let s3: S3Client;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), "fleet-deploy-"));
    const certificate = await createCertificate(scratch, env.PATH);
    moto = await startMoto(env.PATH, config.deploy.account);
    account = await openAccount(moto.endpoint, { region: config.region, certificate });
    project = createDeployProject({ fleetFile, path: env.PATH, mirror: tools.found ? tools.mirror : undefined });
    s3 = new S3Client({ ...account.settings, forcePathStyle: true });
  }, 3 * MINUTES);
  afterAll(async () => {
    s3?.destroy();
    project?.remove();
    await account?.aws.close();
    await moto?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const bucket = () => createStateBucket(s3, stateBucketName(config));
  const deploy: DeployProject["deploy"] = (args, _account, more) => project.deploy(args, account, more);

  test("from an empty account, through an interruption, to nothing left", { timeout: 15 * MINUTES }, async () => {
    expect(await deploy(["bootstrap", "--yes"], account)).toMatchObject({ exitCode: 0 });
    await putSecrets(account);
    let stop = (_signal: StopSignal) => {};
    const interrupted = await deploy(["fleet", "--yes"], account, {
      stopSignals: (listener) => {
        stop = listener;
        return () => {};
      },
      onLine: (line) => {
        if (/^\[ *3\//.test(line)) stop("SIGINT");
      },
    });
    expect(interrupted, interrupted.stdout).toMatchObject({ exitCode: 130 });
    expect(interrupted.stdout).toContain("releases its lock");
    const key = stateKey(config, "fleet");
    expect(await bucket().resources(key)).toBeGreaterThanOrEqual(3);
    await expect(bucket().resources(`${key}.tflock`)).rejects.toThrow();

    const refused = await deploy(["bootstrap", "--destroy", "--yes"], account);
    expect(refused.exitCode, refused.stderr).toBe(2);
    expect(refused.stdout).toContain("destroy fleet first");

    const down = await deploy(["fleet", "bootstrap", "--destroy", "--yes", "--json"], account);
    expect(down.exitCode, down.stderr).toBe(0);
    expect(JSON.parse(down.stdout)).toMatchObject({
      verb: "destroy",
      stacks: [
        { stack: "fleet", status: "applied" },
        { stack: "bootstrap", status: "applied" },
      ],
    });
    expect(await bucket().exists()).toBe(false);
  });
});

async function putSecrets({ settings }: EmulatedAccount): Promise<void> {
  const ssm = new SSMClient(settings);
  for (const { name } of fleetSecrets(config))
    await ssm.send(
      new PutParameterCommand({ Name: fleetNames(config).secretParameter(name), Value: "x", Type: "SecureString" }),
    );
  ssm.destroy();
}
