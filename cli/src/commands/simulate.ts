import { checkWritable, reportFile, writeFiles } from "@compose-fleet/files";
import { CliError, exitCodes } from "@compose-fleet/process";
import {
  contestants,
  pointsOf,
  reportPage,
  SweepError,
  type SweptKey,
  sweptKey,
  sweptPairs,
} from "@compose-fleet/simulator";
import { Command, InvalidArgumentError, Option } from "commander";
import { pathOption } from "../options/path-option.ts";
import type { CliContext } from "../run/context.ts";
import { resultsTable } from "../simulate/results-table.ts";
import { runSimulations, runSweep } from "../simulate/run-simulations.ts";
import { sweepTable } from "../simulate/sweep-table.ts";
import { trafficOf } from "../simulate/traffic.ts";
import { type TrafficOptions, withTrafficOptions } from "../simulate/traffic-options.ts";

interface SimulateOptions extends TrafficOptions {
  readonly policy?: readonly string[];
  readonly sweep: readonly SweptKey[];
  readonly json?: string;
  readonly html?: string;
}

const names = contestants.map(({ name }) => name);

const help = `
Policies:
${contestants.map(({ name, says }) => `  ${name.padEnd(16)} ${says}`).join("\n")}

Examples:
  fleet simulate --trace traffic.csv
  fleet simulate --trace traces --policy fleet hpa --json results.json --html report.html
  fleet simulate --from-prometheus http://127.0.0.1:9090 --range 7d --fleet fleet.yaml --record week.csv
  fleet simulate --trace traffic.csv --fleet fleet.yaml --set scaling.headroom=0.8 plant.bootSeconds=240
  fleet simulate --trace traffic.csv --sweep scaling.headroom=0.6..0.95 --sweep scaling.workers.scaleInWindowSeconds=300,900

A trace is a CSV file, timestamp,requests_per_second: epoch seconds, the start of each slot. Its peak becomes 2700 req/s (traffic.peak=as-is
leaves it). --sweep plays every value, and marks those that no other beats in losses and hours. What the figures mean, and every key of --set:
docs/simulate.md.

Exit codes: 0 simulated, 1 a trace that cannot be used, 2 usage error, or a path that cannot be used, 130 interrupted.`;

/** `fleet simulate`: how policies would have done on traffic that there was. */
export function simulateCommand(context: CliContext): Command {
  return withTrafficOptions(
    new Command("simulate").description(
      "play traffic of the past through this policy and others: what it would have lost, cost and done",
    ),
  )
    .addOption(
      new Option("--policy <name...>", "policies to simulate (default: all; with --sweep: fleet)").choices(names),
    )
    .addOption(
      new Option("--sweep <key=values>", "try values of a key: from..to, from..to/COUNT or one,another")
        .argParser(parseSweep)
        .default([]),
    )
    .addOption(pathOption("--json", "file", "write a row for each trace and policy as JSON"))
    .addOption(pathOption("--html", "file", "write a report to look at: one file, which asks for nothing else"))
    .addHelpText("after", help)
    .action((options: SimulateOptions) => simulate(context, options));
}

/** Room that has to be there at the start: a report of many traces and policies is a few megabytes. */
const REPORT_ROOM_BYTES = 4 * 1024 * 1024;

/** Adds a key to sweep. For commander: throws `InvalidArgumentError`. */
function parseSweep(text: string, before: readonly SweptKey[]): readonly SweptKey[] {
  try {
    return [...before, sweptKey(text)];
  } catch (error) {
    throw error instanceof SweepError ? new InvalidArgumentError(error.message) : error;
  }
}

function combinations(sweep: readonly SweptKey[]): readonly (readonly string[])[] {
  try {
    return sweptPairs(sweep);
  } catch (error) {
    throw error instanceof SweepError ? new CliError(error.message, exitCodes.usage) : error;
  }
}

async function simulate(context: CliContext, options: SimulateOptions): Promise<void> {
  const { html, interpolation, policy, sweep } = options;
  if (sweep.length > 0 && html !== undefined)
    throw new CliError("--html shows single runs: leave --sweep out, or --html.", exitCodes.usage);
  const traffic = await trafficOf(context, options);
  const json = await reportFile(options.json);
  if (html !== undefined) await checkWritable(html, REPORT_ROOM_BYTES);
  const deps = { progress: context.terminal.progress, isKept: html !== undefined, stop: context.stop };
  if (sweep.length > 0) {
    const variants = combinations(sweep).map((pairs) => ({ pairs, settings: traffic.settingsWith(pairs) }));
    const results = await runSweep(traffic.traces(), policy ?? ["fleet"], interpolation, variants, deps);
    const points = pointsOf(results);
    await json.write(points);
    context.print(sweepTable(points));
    return;
  }
  const settings = traffic.settingsWith([]);
  const { rows, runs, days } = await runSimulations(traffic.traces(), policy ?? names, interpolation, settings, deps);
  await json.write(rows);
  if (html !== undefined) await writeFiles([{ path: html, content: reportPage(runs, options.set) }]);
  context.print(resultsTable(rows, days));
}
