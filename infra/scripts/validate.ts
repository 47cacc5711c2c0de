import { homedir } from "node:os";
import { parseArgs } from "node:util";
import { loadFleetFile } from "../src/load-fleet-file.ts";
import { findTools } from "../src/terraform/provider.ts";
import { validateStacks } from "../src/terraform/validate-stacks.ts";
import { runScript } from "./run-script.ts";

const usage = `Usage: npm run infra:validate [-- --download]

Synthesizes every stack but dns, runs Terraform's init, validate and plan on each without an account, and checks the plans
against the rules in infra/src/policy. An error, a warning or a broken rule fails it.

  --download   where no mirror is on this machine, let Terraform fetch the AWS provider (hundreds of megabytes)

Environment:
  FLEET_FILE      the fleet file (default: fleet.yaml)
  TF_MIRROR_DIR   the folder that holds registry.terraform.io (default: where Terraform itself looks, then a search)

Exit codes: 0 all well, 1 faults, 2 set-up or usage.`;

await runScript(usage, async (args, env) => {
  const { download } = parseArgs({ args, options: { download: { type: "boolean", default: false } } }).values;
  const config = loadFleetFile(env.FLEET_FILE ?? "fleet.yaml");
  const tools = findTools(env, homedir(), download);
  if (!tools.found) return { exitCode: 2, lines: [`NOT RUN: ${tools.reason}`] };
  const startedAt = performance.now();
  const reports = await validateStacks(config, { mirror: tools.mirror, path: env.PATH });
  const faults = reports.reduce((sum, report) => sum + report.faults.length, 0);
  return {
    exitCode: faults === 0 ? 0 : 1,
    lines: [
      ...reports.flatMap(({ stack, resources, faults }) => [
        `${stack.padEnd(10)} ${resources} resources, ${faults.length} faults`,
        ...faults.map((fault) => `  ${fault}`),
      ]),
      `${faults} faults in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
    ],
  };
});
