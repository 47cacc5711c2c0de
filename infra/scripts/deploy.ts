import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { createAwsAccount } from "../src/deploy/account.ts";
import { accountFault } from "../src/deploy/account-fault.ts";
import { type CdktfCommand, cdktfCommands, STACK_ORDER } from "../src/deploy/cdktf-commands.ts";
import { preflight } from "../src/deploy/preflight.ts";
import { loadFleetFile } from "../src/load-fleet-file.ts";
import type { StackKind } from "../src/names.ts";
import { runScript } from "./run-script.ts";

const usage = `Usage: npm run deploy -- [STACK...] [--diff | --destroy] [--yes]

Checks credentials, state bucket, locks and secrets, then runs cdktf deploy for each STACK: bootstrap, fleet, budget, dns
(default: fleet). docs/deploy.md has the way from an empty account to a served request.

  --diff      only show what would change
  --destroy   take the stacks down
  --yes       ask nobody (for CI)

Environment:
  FLEET_FILE            the fleet file (default: fleet.yaml)
  CDKTF                 an installed cdktf (default: npx --yes cdktf-cli@0.21.0, which downloads 423 MB once)
  AWS_PROFILE, ...      credentials, as for the aws command; for dns CLOUDFLARE_API_TOKEN

Exit codes: 0 done, 1 failed, 2 set-up or usage.`;

const options = {
  diff: { type: "boolean", default: false },
  destroy: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
} as const;

await runScript(usage, async (args, env, say) => {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const unknown = positionals.filter((stack) => !STACK_ORDER.some((known) => known === stack));
  if (unknown.length > 0) return refused(`Got ${unknown.join(", ")}: the stacks are ${STACK_ORDER.join(", ")}.`);
  if (values.diff && values.destroy) return refused("Got --diff and --destroy: choose one.");
  const stacks: readonly StackKind[] = positionals.length === 0 ? ["fleet"] : (positionals as StackKind[]);
  const config = loadFleetFile(env.FLEET_FILE ?? "fleet.yaml");
  if (stacks.includes("dns") && !config.dns)
    return refused("The fleet file has no dns: there is no such stack to deploy.");
  const verb = values.destroy ? "destroy" : values.diff ? "diff" : "deploy";
  const checked = await preflight(config, stacks, createAwsAccount(config.region), verb).catch(accountFault);
  if (checked.faults.length > 0) return refused(...checked.faults);
  // What is synthesized has to be for the account that was looked at.
  const environment = { ...env, ...(checked.account ? { FLEET_ACCOUNT: checked.account } : {}) };
  for (const command of cdktfCommands(config, { verb, stacks, approved: values.yes, ...checked })) {
    say(`cdktf ${command.args.join(" ")}`);
    const exitCode = await cdktf(command, environment);
    if (exitCode !== 0) return { exitCode: 1, lines: [`cdktf ended with ${exitCode}: nothing after it was started.`] };
  }
  return { exitCode: 0, lines: [] };
});

function refused(...lines: string[]) {
  return { exitCode: 2, lines };
}

/** Runs cdktf at this terminal; resolves with its exit code. */
function cdktf({ args, env }: CdktfCommand, environment: NodeJS.ProcessEnv): Promise<number | null> {
  const [file, ...first] = environment.CDKTF ? [environment.CDKTF] : ["npx", "--yes", "cdktf-cli@0.21.0"];
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...first, ...args], {
      stdio: "inherit",
      env: { ...environment, ...env },
    });
    child.once("error", reject);
    child.once("close", resolve);
  });
}
