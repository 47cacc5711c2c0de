import { homedir } from "node:os";
import { parseArgs } from "node:util";
import { namedFleet } from "../src/named-fleet.ts";
import { validateStacks } from "../src/policy/validate-stacks.ts";
import { findTools, type Tools } from "../src/terraform/provider.ts";
import { runScript } from "./run-script.ts";

const usage = `Usage: npm run infra:validate [-- --download]

Synthesizes every stack, runs Terraform's init, validate and plan on each without an account, and checks the plans against
the rules in infra/src/policy. An error, a warning or a broken rule fails it. The stack dns, where the fleet file has one, is
validated only, and that where Cloudflare's provider is at hand.

  --download   where no mirror is on this machine, let Terraform fetch the providers (hundreds of megabytes)

Environment:
  FLEET_FILE      the fleet file (default: fleet.yaml)
  TF_MIRROR_DIR   the folder that holds registry.terraform.io (default: where Terraform itself looks, then a search)

Exit codes: 0 all well, 1 faults, 2 set-up or usage.`;

await runScript(usage, async (args, env) => {
  const { download } = parseArgs({ args, options: { download: { type: "boolean", default: false } } }).values;
  const config = await namedFleet(env.FLEET_FILE ?? "fleet.yaml");
  const tools = findTools(env, homedir(), download);
  if (!tools.found) return { exitCode: 2, lines: [`NOT RUN: ${tools.reason}`] };
  const startedAt = performance.now();
  const reports = [...(await validateStacks(config, { mirror: tools.mirror, path: env.PATH }))];
  const dns = config.dns && dnsTools(env, download);
  if (dns?.found)
    reports.push(...(await validateStacks(config, { mirror: dns.mirror, path: env.PATH, stacks: ["dns"] })));
  const faults = reports.reduce((sum, report) => sum + report.faults.length, 0);
  return {
    exitCode: faults === 0 ? 0 : 1,
    lines: [
      ...reports.flatMap(({ stack, resources, faults }) => [
        `${stack.padEnd(10)} ${stack === "dns" ? "" : `${resources} resources, `}${faults.length} faults`,
        ...faults.map((fault) => `  ${fault}`),
      ]),
      ...(dns && !dns.found ? [`NOT RUN, the stack dns: ${dns.reason}`] : []),
      `${faults} faults in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
    ],
  };
});

function dnsTools(env: NodeJS.ProcessEnv, download: boolean): Tools {
  try {
    return findTools(env, homedir(), download, "cloudflare");
  } catch (error) {
    // A mirror that was named for the other stacks need not hold this provider.
    return { found: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
