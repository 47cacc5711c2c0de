import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { applyOnEmulator } from "../src/emulator/apply-on-emulator.ts";
import { hasMoto } from "../src/emulator/moto.ts";
import { loadFleetFile } from "../src/load-fleet-file.ts";
import { findTools } from "../src/terraform/provider.ts";
import { runCommand } from "../src/terraform/run-command.ts";
import { runScript } from "./run-script.ts";

const usage = `Usage: npm run infra:apply [-- --download]

Applies the stacks bootstrap and fleet to an emulated AWS (moto_server, behind a pass-through that closes its gaps), checks
what they made with the AWS SDK and with wh's own adapters, plans again, and destroys them. Several minutes.

  --download   where no mirror is on this machine, let Terraform fetch the AWS provider (hundreds of megabytes)

Environment: FLEET_FILE (fleet.yaml), TF_MIRROR_DIR. Needs terraform and moto_server (pip install 'moto[server]').
Exit codes: 0 all well, 1 faults, 2 set-up or usage.`;

const WH_READS = fileURLToPath(new URL("../../test/wh-reads-group.ts", import.meta.url));

await runScript(usage, async (args, env, say) => {
  const { download } = parseArgs({ args, options: { download: { type: "boolean", default: false } } }).values;
  const fleetFile = env.FLEET_FILE ?? "fleet.yaml";
  const config = loadFleetFile(fleetFile);
  const tools = findTools(env, homedir(), download);
  if (!tools.found) return { exitCode: 2, lines: [`NOT RUN: ${tools.reason}`] };
  if (!hasMoto(env.PATH))
    return { exitCode: 2, lines: ["NOT RUN: moto_server is not on this machine's PATH: pip install 'moto[server]'."] };
  const startedAt = performance.now();
  const faults = await applyOnEmulator({
    config,
    mirror: tools.mirror,
    path: env.PATH,
    say,
    whileApplied: async (account) => {
      // In a process of its own, since infra imports nothing of wh.
      const { exitCode, stderr } = await runCommand({
        file: process.execPath,
        args: ["--import", "tsx", WH_READS, fleetFile],
        cwd: process.cwd(),
        env: { PATH: env.PATH, ...account },
      });
      if (exitCode !== 0) throw new Error(stderr.trim());
    },
  });
  return {
    exitCode: faults.length === 0 ? 0 : 1,
    lines: [`${faults.length} faults in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`],
  };
});
