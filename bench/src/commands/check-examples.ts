import { join } from "node:path";
import { type FleetAtWork, withLocalFleet } from "@compose-fleet/cli/bring-up";
import { type LocalOptions, pathOption, withLocalOptions } from "@compose-fleet/cli/options";
import type { CliContext } from "@compose-fleet/cli/run";
import { createWhClient } from "@compose-fleet/cli/wh-client";
import { reportFile } from "@compose-fleet/files";
import { type LoadProcess, loadDefaults, startLoad } from "@compose-fleet/load";
import { CliError, systemClock } from "@compose-fleet/process";
import type { FleetSnapshot } from "@compose-fleet/wh-api";
import { Command } from "commander";
import { type Example, examples, lookAt } from "../examples/examples.ts";
import { withExample } from "../examples/project-with-example.ts";

/** What one example did under load. */
interface ExampleResult {
  readonly example: string;
  readonly sent: number;
  readonly failed: number;
  readonly failedBy: Readonly<Record<string, number>>;
  readonly p99Ms: number | null;
  /** Of all services: its minimum, and at most. */
  readonly replicasAtLeast: number;
  readonly replicasAtMost: number;
  readonly workersAtMost: number;
  /** Whether it was as small as at first when the load ended. */
  readonly isSmallAgain: boolean;
}

const RAMP_MS = 40_000;
const HOLD_MS = 40_000;
/** Replicas leave 45 s after nobody needs them, one after the other, and workers 60 s after that. */
const FLOOR_MS = 180_000;
const LOOK_MS = 1_000;

const help = `
Brings each example of examples/ up on a local fleet, in a copy of the project, looks at what it answers, and loads it: more than
one replica takes, then next to nothing, until it is as small as it was.

Examples:
  npm run check:examples
  npm run check:examples -- --only cors-proxy --json examples.json

Prints a row for each: {"example","sent","failed","failedBy","p99Ms","replicasAtLeast","replicasAtMost","workersAtMost","isSmallAgain"}.

Exit codes:
  0    each answered as its README says, scaled out and in, and no request failed
  1    one did not
  2    something is missing on this machine, or a usage error
  130  interrupted; nothing is left behind`;

/** `npm run check:examples`: the examples under load. */
export function checkExamplesCommand(context: CliContext): Command {
  const command = new Command("check-examples")
    .description("bring each example up on a local fleet, and load it until it has scaled out and in again")
    .addOption(pathOption("--json", "file", "write the rows as JSON"))
    .option("--only <name>", "one of them");
  return withLocalOptions(command, "that of each example")
    .addHelpText("after", help)
    .action((options: LocalOptions & { json?: string; only?: string }) => checkExamples(context, options));
}

async function checkExamples(context: CliContext, options: LocalOptions & { json?: string; only?: string }) {
  const chosen = examples.filter(({ name }) => options.only === undefined || options.only === name);
  if (chosen.length === 0)
    throw new CliError(
      `There is no example ${options.only} here: there are ${examples.map(({ name }) => name).join(", ")}.`,
      2,
    );
  const file = await reportFile(options.json);
  const results: ExampleResult[] = [];
  for (const example of chosen)
    results.push(
      await withExample(context.root, example.name, (root) =>
        withLocalFleet(
          { ...context, root },
          { ...options, fleet: options.fleet ?? join(root, "examples", example.name, "fleet.yaml") },
          { hold: false },
          (at) => loadExample(context, example, at),
        ),
      ),
    );
  await file.write(results);
  context.print(JSON.stringify(results, null, 2));
  const faults = results.flatMap(faultsOf);
  if (faults.length > 0) throw new CliError(faults.join("\n"));
}

function faultsOf({ example, failed, isSmallAgain, replicasAtLeast, replicasAtMost }: ExampleResult): string[] {
  return [
    ...(failed > 0 ? [`${example}: ${failed} requests failed; none may.`] : []),
    ...(replicasAtMost <= replicasAtLeast ? [`${example}: it did not scale out.`] : []),
    ...(isSmallAgain ? [] : [`${example}: it did not scale in again.`]),
  ];
}

async function loadExample(
  { stop, terminal }: CliContext,
  example: Example,
  { config, fleet }: FleetAtWork,
): Promise<ExampleResult> {
  await lookAt(example, fleet.endpoints.balancer);
  const wh = createWhClient(fleet.endpoints, fleet.apiToken);
  const { min } = config.workers;
  const ofWorker = Object.values(config.services).reduce((sum, { replicas }) => sum + replicas.min, 0);
  const first = { workers: min, replicas: min * ofWorker };
  const most = { ...first };
  let now = first;
  const step = terminal.progress.step(`${example.name} under load`);
  const profile = [
    { durationMs: RAMP_MS, fromRps: 5, toRps: example.rps },
    { durationMs: HOLD_MS, fromRps: example.rps, toRps: example.rps },
    { durationMs: FLOOR_MS, fromRps: 5, toRps: 5 },
  ];
  const load: LoadProcess = startLoad(
    { ...loadDefaults, target: `${fleet.endpoints.balancer}${example.path}`, profile },
    () => {},
  );
  try {
    const startedAtMs = systemClock.nowMs();
    const isOver = () => {
      const isSmall = now.replicas <= first.replicas && now.workers <= first.workers;
      const elapsedMs = systemClock.nowMs() - startedAtMs;
      return elapsedMs > RAMP_MS + HOLD_MS + FLOOR_MS || (elapsedMs > RAMP_MS + HOLD_MS && isSmall);
    };
    while (!isOver()) {
      await systemClock.sleep(LOOK_MS);
      stop.throwIfAborted();
      now = sizeOf(await wh.status());
      most.replicas = Math.max(most.replicas, now.replicas);
      most.workers = Math.max(most.workers, now.workers);
      step.update(`${now.replicas} replicas on ${now.workers} workers`);
    }
    load.stop();
    const { p99Ms, total } = await load.finished;
    step.done(`${total.sent} sent, ${total.failed} failed, at most ${most.replicas} replicas`);
    return {
      example: example.name,
      sent: total.sent,
      failed: total.failed,
      failedBy: total.failedBy,
      p99Ms,
      replicasAtLeast: first.replicas,
      replicasAtMost: most.replicas,
      workersAtMost: most.workers,
      isSmallAgain: now.replicas <= first.replicas && now.workers <= first.workers,
    };
  } catch (error) {
    step.fail("given up");
    throw error;
  } finally {
    load.kill();
  }
}

function sizeOf({ replicas, workers }: FleetSnapshot) {
  return { replicas: replicas.reduce((sum, { ready }) => sum + ready, 0), workers: workers.ready };
}
