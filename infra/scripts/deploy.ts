import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FleetConfig } from "@compose-fleet/fleet";
import { withAccount } from "../src/account/account.ts";
import { stateBucketName } from "../src/account/state-backend.ts";
import { createAwsAccount } from "../src/deploy/account.ts";
import { accountFault } from "../src/deploy/account-fault.ts";
import { createAwsAccountUse } from "../src/deploy/account-use.ts";
import { askAtTerminal } from "../src/deploy/ask.ts";
import { type DeployRequest, readDeployRequest } from "../src/deploy/deploy-request.ts";
import { deployStacks } from "../src/deploy/deploy-stacks.ts";
import { createInterrupts, InterruptedError, type Interrupts } from "../src/deploy/interrupts.ts";
import { nextSteps } from "../src/deploy/next-steps.ts";
import { preflight } from "../src/deploy/preflight.ts";
import { compareQuotas } from "../src/deploy/quotas.ts";
import type { RunStackDeps, StackOutcome } from "../src/deploy/run-stack.ts";
import { stackRuns } from "../src/deploy/stack-runs.ts";
import { synthesize } from "../src/deploy/synthesized.ts";
import { terraformFault } from "../src/deploy/terraform-program.ts";
import { namedFleet } from "../src/named-fleet.ts";
import { runCommand } from "../src/terraform/run-command.ts";
import { createTerraform } from "../src/terraform/terraform.ts";
import { type Outcome, runScript } from "./run-script.ts";

const usage = `Usage: npm run deploy -- [STACK...] [--plan | --destroy] [--replace monitoring] [--yes] [--json]

Checks Terraform, credentials, state bucket, locks, secrets and quotas, writes Terraform's JSON into cdktf.out, then for each STACK
(bootstrap, fleet, budget, dns; default: fleet) plans, shows what would change, asks, and applies that very plan.
docs/deploy.md has the way from an empty account to a served request.

  --plan                 only show what would change
  --destroy              take the stacks down
  --replace monitoring   make the monitoring instance anew, from the newest system image; its data volume stays
  --yes                  ask nobody (for CI)
  --json                 the outcome as JSON on stdout, everything else on stderr

Ctrl-C lets Terraform end what it has begun, record it and release its lock; the same command goes on later.

Environment:
  FLEET_FILE            the fleet file (default: fleet.yaml)
  AWS_PROFILE, ...      credentials, as for the aws command; for dns CLOUDFLARE_API_TOKEN
  TF_PLUGIN_CACHE_DIR   where providers are kept (default: cdktf.out/providers)

Examples:
  npm run deploy -- bootstrap
  npm run deploy -- fleet --plan
  npm run -s deploy -- fleet budget --yes --json
  npm run deploy -- --replace monitoring

Exit codes: 0 done, 1 failed, 2 set-up or usage, or somebody declined, 130 interrupted.`;

const outdir = resolve("cdktf.out");

await runScript(usage, async (args, env, print) => {
  const request = readDeployRequest(args, process.stdin.isTTY);
  if (typeof request === "string") return refused(request);
  // A terminal that is gone must not take Terraform with it.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const say = request.json ? (line: string) => void process.stderr.write(`${line}\n`) : print;
  const config = await namedFleet(env.FLEET_FILE ?? "fleet.yaml");
  if (request.stacks.includes("dns") && !config.dns)
    return refused("The fleet file has no dns: there is no such stack to deploy.");
  const program = await terraformFault(runCommand, env);
  if (program !== undefined) return refused(program);
  const interrupts = createInterrupts(process, say, () => performance.now());
  try {
    return await deploy(config, request, { env, say, print, interrupts });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    say("Interrupted. What Terraform had done is recorded; the same command goes on from there.");
    return { exitCode: 130, lines: [] };
  } finally {
    interrupts.close();
  }
});

interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly print: (line: string) => void;
  readonly interrupts: Interrupts;
}

async function deploy(given: FleetConfig, request: DeployRequest, around: Surroundings): Promise<Outcome> {
  const { verb, stacks, replace, json } = request;
  const { env, say, print, interrupts } = around;
  const account = createAwsAccount(given.region);
  const checked = await preflight(given, stacks, account, verb).catch(accountFault);
  if (checked.faults.length > 0) return refused(...checked.faults);
  // What is synthesized has to be for the account that was looked at.
  const config = withAccount(given, checked.account);
  if (verb === "deploy" && stacks.includes("fleet")) {
    const { faults, notes } = await compareQuotas(config, createAwsAccountUse(config.region));
    for (const note of notes) say(note);
    if (faults.length > 0) return refused(...faults);
  }
  const providers = join(outdir, "providers");
  mkdirSync(providers, { recursive: true });
  const deps: RunStackDeps = {
    synthesize: (state) => synthesize(config, outdir, state),
    terraformIn: (folder, stack, onLine) =>
      createTerraform({
        run: runCommand,
        folder,
        mirror: undefined,
        // The sums of AWS's provider are committed, those of Cloudflare's are not.
        locked: stack !== "dns",
        env: { TF_PLUGIN_CACHE_DIR: providers, ...env },
        onLine,
        stopSignals: interrupts.stopSignals,
      }),
    say,
    consents: async (question) =>
      request.approved || askAtTerminal(question, interrupts, { input: process.stdin, output: process.stderr }),
    interrupts,
    emptyStateBucket: () => account.emptyBucket(stateBucketName(config)),
  };
  const outcomes = await deployStacks(deps, stackRuns({ verb, stacks, ...checked }), replace);
  const next = verb === "deploy" ? await nextSteps({ config, account, outcomes }) : [];
  if (json) print(JSON.stringify({ verb, stacks: outcomes, next }, null, 2));
  else for (const line of closingLines(outcomes, next)) say(line);
  return { exitCode: outcomes.some(({ status }) => status === "declined") ? 2 : 0, lines: [] };
}

function refused(...lines: string[]): Outcome {
  return { exitCode: 2, lines };
}

function closingLines(outcomes: readonly StackOutcome[], next: readonly string[]): readonly string[] {
  return [
    ...outcomes.map(({ stack, status }) => `${stack}: ${status}`),
    ...outcomes.flatMap(({ stack, outputs }) =>
      Object.entries(outputs).map(
        ([name, value]) => `${stack}.${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
      ),
    ),
    ...next.map((step) => `Next: ${step}`),
  ];
}
