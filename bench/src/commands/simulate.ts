import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCount, pathOption } from "@compose-fleet/cli/options";
import type { CliContext } from "@compose-fleet/cli/run";
import { reportFile } from "@compose-fleet/files";
import { CliError, messageOf } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { measuredNode } from "../simulate/measured-process.ts";
import { shopTrace } from "../simulate/shop-trace.ts";

interface SimulateBenchOptions {
  readonly json?: string;
  readonly days: number;
  readonly policy: readonly string[];
}

/** A policy over the trace. */
interface Measured {
  readonly policy: string;
  readonly cpuSeconds: number;
  readonly rssMb: number;
  /** Whether a second run wrote the same bytes. */
  readonly isSame: boolean;
}

const CPU_SECONDS = 8;
const RSS_MB = 300;
/** The trace that the targets are about. */
const TARGET_DAYS = 62;

const help = `
Plays a made trace of days, weekends and busy quarters of an hour through each policy, twice, as \`fleet simulate\` does, and says what that
took: start, reading and the oracle included. Prints [{"policy","cpuSeconds","rssMb","isSame"}].

Examples:
  npm run bench:simulate
  npm run bench:simulate -- --policy hpa --days 14 --json simulate.json

Exit codes: 0 within ${CPU_SECONDS} s and ${RSS_MB} MB for each (checked for ${TARGET_DAYS} days or fewer) and the same bytes twice, 1 missed or failed,
2 usage error, 130 interrupted.`;

/** `npm run bench:simulate`: CPU and memory of a simulation, and whether it says the same twice. */
export function benchSimulateCommand(context: CliContext): Command {
  return new Command("simulate")
    .description("play two months of traffic through policies, and say what that took")
    .addOption(pathOption("--json", "file", "write the results as JSON"))
    .addOption(new Option("--days <count>", "length of the trace").default(TARGET_DAYS).argParser(parseCount))
    .addOption(new Option("--policy <name...>", "policies to measure").default(["hpa", "target-tracking", "fleet"]))
    .addHelpText("after", help)
    .action((options: SimulateBenchOptions) => benchSimulate(context, options));
}

async function benchSimulate(context: CliContext, { json, days, policy }: SimulateBenchOptions): Promise<void> {
  const file = await reportFile(json);
  const folder = await mkdtemp(join(tmpdir(), "bench-simulate-"));
  const results: Measured[] = [];
  try {
    const trace = join(folder, "shop.csv");
    await writeFile(trace, shopTrace(days));
    for (const name of policy) results.push(await measured(context, folder, trace, name));
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(`The simulation failed. ${messageOf(error)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await file.write(results);
  context.print(JSON.stringify(results));
  const missed = results.flatMap((result) => missesOf(result, days));
  if (missed.length > 0) throw new CliError(`Missed: ${missed.join("; ")}.`);
}

async function measured({ root, terminal, stop }: CliContext, folder: string, trace: string, policy: string) {
  const step = terminal.progress.step(policy);
  const run = async (name: string) => {
    const rows = join(folder, name);
    const taken = await measuredNode(
      [join(root, "cli/bin/fleet.mjs"), "simulate", "--trace", trace, "--policy", policy, "--json", rows],
      stop,
    );
    return { taken, rows: await readFile(rows, "utf8") };
  };
  try {
    const first = await run("first.json");
    const second = await run("second.json");
    const { cpuSeconds, rssMb } = first.taken;
    step.done(`${cpuSeconds.toFixed(1)} s of CPU, ${rssMb.toFixed(0)} MB`);
    return { policy, cpuSeconds, rssMb: Math.round(rssMb), isSame: first.rows === second.rows };
  } catch (error) {
    step.fail("failed");
    throw error;
  }
}

function missesOf({ policy, cpuSeconds, rssMb, isSame }: Measured, days: number): readonly string[] {
  return [
    ...(isSame ? [] : [`${policy} did not write the same bytes twice`]),
    ...(days <= TARGET_DAYS && cpuSeconds > CPU_SECONDS ? [`${policy} took ${cpuSeconds.toFixed(1)} s of CPU`] : []),
    ...(days <= TARGET_DAYS && rssMb > RSS_MB ? [`${policy} took ${rssMb} MB`] : []),
  ];
}
