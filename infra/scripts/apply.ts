import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withAccount } from "../src/account.ts";
import { applyOnEmulator } from "../src/emulator/apply-on-emulator.ts";
import { hasOpenssl } from "../src/emulator/certificate.ts";
import { hasMoto } from "../src/emulator/moto.ts";
import { loadFleetFile } from "../src/load-fleet-file.ts";
import { findTools } from "../src/terraform/provider.ts";
import { runCommand } from "../src/terraform/run-command.ts";
import { runScript } from "./run-script.ts";

const usage = `Usage: npm run infra:apply [-- --download]

Applies the stacks bootstrap and fleet to an emulated AWS (moto_server, behind a pass-through that speaks TLS and closes its
gaps), checks what they made with the AWS SDK and with wh's own adapters, plans again, moves the bootstrap's state into its
bucket and out, and destroys them. Several minutes.

  --download   where no mirror is on this machine, let Terraform fetch the AWS provider (hundreds of megabytes)

Environment:
  FLEET_FILE      the fleet file (default: fleet.yaml)
  TF_MIRROR_DIR   the folder that holds registry.terraform.io (default: where Terraform itself looks, then a search)
  CDKTF           an installed cdktf 0.21: the bootstrap is deployed by it as well, as by npm run deploy

Needs terraform, openssl and moto_server (pip install 'moto[server]').
Exit codes: 0 all well, 1 faults, 2 set-up or usage.`;

/** Of a fleet file that names none. */
const EMULATED_ACCOUNT = "123456789012";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const WH_READS = at("../../test/wh-reads-group.ts");
const DEPLOY = at("./deploy.ts");
const APP = at("../main.ts");
const TSX = import.meta.resolve("tsx");

await runScript(usage, async (args, env, say) => {
  const { download } = parseArgs({ args, options: { download: { type: "boolean", default: false } } }).values;
  const fleetFile = resolve(env.FLEET_FILE ?? "fleet.yaml");
  const config = withAccount(loadFleetFile(fleetFile), EMULATED_ACCOUNT);
  const tools = findTools(env, homedir(), download);
  if (!tools.found) return { exitCode: 2, lines: [`NOT RUN: ${tools.reason}`] };
  if (!hasMoto(env.PATH))
    return { exitCode: 2, lines: ["NOT RUN: moto_server is not on this machine's PATH: pip install 'moto[server]'."] };
  if (!hasOpenssl(env.PATH))
    return { exitCode: 2, lines: ["NOT RUN: openssl is not on this machine's PATH: install it."] };
  const startedAt = performance.now();
  // Away from the project's own cdktf.out, which may know of a real account.
  const project = mkdtempSync(join(tmpdir(), "fleet-project-"));
  const run = (script: string, args: readonly string[], more: Readonly<Record<string, string>>) =>
    runCommand({
      file: process.execPath,
      args: ["--import", TSX, script, ...args],
      cwd: project,
      env: { PATH: env.PATH, HOME: homedir(), FLEET_FILE: fleetFile, CHECKPOINT_DISABLE: "1", ...more },
    });
  writeFileSync(
    join(project, "cdktf.json"),
    JSON.stringify({ language: "typescript", app: `${process.execPath} --import ${TSX} ${APP}`, output: "cdktf.out" }),
  );
  const mirrorFile = join(project, "terraform.rc");
  if (tools.mirror !== undefined)
    writeFileSync(mirrorFile, `provider_installation { filesystem_mirror { path = "${tools.mirror}" } }\n`);
  const faults = await applyOnEmulator({
    config,
    mirror: tools.mirror,
    path: env.PATH,
    say,
    // In a process of its own, since infra imports nothing of wh.
    whileApplied: async (account) => {
      const { exitCode, stderr } = await run(WH_READS, [fleetFile], account.env);
      if (exitCode !== 0) throw new Error(stderr.trim());
    },
    deploy: (args, account) =>
      run(DEPLOY, args, {
        ...account.env,
        ...(env.CDKTF ? { CDKTF: env.CDKTF } : {}),
        ...(tools.mirror === undefined ? {} : { TF_CLI_CONFIG_FILE: mirrorFile }),
      }),
    hasCdktf: env.CDKTF !== undefined,
  }).finally(() => rmSync(project, { recursive: true, force: true }));
  return {
    exitCode: faults.length === 0 ? 0 : 1,
    lines: [
      ...(env.CDKTF ? [] : ["NOT RUN, npm run deploy by the cdktf command line: set CDKTF to an installed one."]),
      `${faults.length} faults in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
    ],
  };
});
