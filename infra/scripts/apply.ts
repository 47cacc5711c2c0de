import { homedir } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withAccount } from "../src/account/account.ts";
import { applyOnEmulator } from "../src/emulator/apply-on-emulator.ts";
import { hasOpenssl } from "../src/emulator/certificate.ts";
import { createDeployProject } from "../src/emulator/deploy-project.ts";
import { hasMoto } from "../src/emulator/moto.ts";
import { namedFleet } from "../src/named-fleet.ts";
import { findTools } from "../src/terraform/provider.ts";
import { runScript } from "./run-script.ts";

const usage = `Usage: npm run infra:apply [-- --download]

Applies the stacks bootstrap and fleet to an emulated AWS (moto_server, behind a pass-through that speaks TLS and closes its
gaps), checks what they made with the AWS SDK and with wh's own adapters, plans again, and destroys them; the bootstrap by
npm run deploy itself. Several minutes.

  --download   where no mirror is on this machine, let Terraform fetch the AWS provider (hundreds of megabytes)

Environment:
  FLEET_FILE      the fleet file (default: fleet.yaml)
  TF_MIRROR_DIR   the folder that holds registry.terraform.io (default: where Terraform itself looks, then a search)
  CDKTF           an installed cdktf 0.21: the bootstrap is deployed by it as well, as somebody does by hand

Needs terraform, openssl and moto_server (pip install 'moto[server]').
Exit codes: 0 all well, 1 faults, 2 set-up or usage.`;

/** Of a fleet file that names none. */
const EMULATED_ACCOUNT = "123456789012";

const WH_READS = fileURLToPath(new URL("../../test/wh-reads-group.ts", import.meta.url));

await runScript(usage, async (args, env, say) => {
  const { download } = parseArgs({ args, options: { download: { type: "boolean", default: false } } }).values;
  const fleetFile = resolve(env.FLEET_FILE ?? "fleet.yaml");
  const written = withAccount(await namedFleet(fleetFile), EMULATED_ACCOUNT);
  // Somebody to tell, so that the subscription that nobody confirms is tried, too.
  const config = { ...written, notify: { email: "ops@example.com", ...written.notify } };
  const tools = findTools(env, homedir(), download);
  if (!tools.found) return { exitCode: 2, lines: [`NOT RUN: ${tools.reason}`] };
  if (!hasMoto(env.PATH))
    return { exitCode: 2, lines: ["NOT RUN: moto_server is not on this machine's PATH: pip install 'moto[server]'."] };
  if (!hasOpenssl(env.PATH))
    return { exitCode: 2, lines: ["NOT RUN: openssl is not on this machine's PATH: install it."] };
  const startedAt = performance.now();
  const project = createDeployProject({ fleetFile, path: env.PATH, mirror: tools.mirror });
  const faults = await applyOnEmulator({
    config,
    mirror: tools.mirror,
    path: env.PATH,
    say,
    // In a process of its own, since infra imports nothing of wh.
    whileApplied: async (account) => {
      const { exitCode, stderr } = await project.script(WH_READS, [fleetFile], account);
      if (exitCode !== 0) throw new Error(stderr.trim());
    },
    project,
    cdktf: env.CDKTF,
  }).finally(project.remove);
  return {
    exitCode: faults.length === 0 ? 0 : 1,
    lines: [
      ...(env.CDKTF ? [] : ["NOT RUN, a deployment by the cdktf command line: set CDKTF to an installed one."]),
      `${faults.length} faults in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
    ],
  };
});
