import { checkWritable, readFleetDocument, reportFile, writeFiles } from "@compose-fleet/files";
import { CliError, exitCodes } from "@compose-fleet/process";
import {
  contestants,
  missingSlots,
  type Settings,
  SettingsError,
  settingsOf,
  type Trace,
  traceText,
} from "@compose-fleet/simulator";
import { Command, InvalidArgumentError, Option } from "commander";
import { pathOption } from "../options/path-option.ts";
import type { CliContext } from "../run/context.ts";
import { readHistory } from "../simulate/prometheus-history.ts";
import { resultsTable } from "../simulate/results-table.ts";
import { runSimulations } from "../simulate/run-simulations.ts";
import { readTraceFile, traceFiles } from "../simulate/trace-files.ts";

interface SimulateOptions {
  readonly trace?: string;
  readonly fromPrometheus?: string;
  readonly range: number;
  readonly record?: string;
  readonly policy: readonly string[];
  readonly set: readonly string[];
  readonly config?: string;
  readonly service?: string;
  readonly interpolation: "linear" | "jump";
  readonly json?: string;
}

const names = contestants.map(({ name }) => name);

const help = `
Policies:
${contestants.map(({ name, says }) => `  ${name.padEnd(16)} ${says}`).join("\n")}

Examples:
  fleet simulate --trace traffic.csv
  fleet simulate --trace traces --policy fleet hpa --json results.json
  fleet simulate --from-prometheus http://127.0.0.1:9090 --range 7d --config fleet.yaml --record week.csv
  fleet simulate --trace traffic.csv --config fleet.yaml --set scaling.headroom=0.8 plant.bootSeconds=240

A trace is a CSV file, timestamp,requests_per_second: epoch seconds, the start of each slot. Its peak becomes 2700 req/s (traffic.peak=as-is
leaves it). What the figures mean, and every key of --set: docs/simulate.md.

Exit codes: 0 simulated, 1 a trace that cannot be used, 2 usage error, or a path that cannot be used, 130 interrupted.`;

/** `fleet simulate`: how policies would have done on traffic that there was. */
export function simulateCommand(context: CliContext): Command {
  return new Command("simulate")
    .description("play traffic of the past through this policy and others: what it would have lost, cost and done")
    .addOption(pathOption("--trace", "file", "a trace, or a folder of traces"))
    .addOption(
      new Option(
        "--from-prometheus <url>",
        "instead: what a fleet's Prometheus remembers, or a file with its answer",
      ).conflicts("trace"),
    )
    .addOption(
      new Option("--range <days>", "how much of it, such as 7d or 36h").argParser(parseRange).default(604_800, "7d"),
    )
    .addOption(pathOption("--record", "file", "write what Prometheus told as a trace"))
    .addOption(new Option("--policy <name...>", "policies to simulate").choices(names).default(names, "all"))
    .addOption(new Option("--set <key=value...>", "change a key of fleet.yaml, or of the simulator").default([]))
    .addOption(
      pathOption("--config", "file", "simulate the fleet of this fleet.yaml (default: a fleet of 1 to 6 workers)"),
    )
    .option("--service <name>", "whose traffic it is, where fleet.yaml has several services")
    .addOption(
      new Option("--interpolation <kind>", "between two slots: a line, or a jump that nobody sees coming")
        .choices(["linear", "jump"])
        .default("linear"),
    )
    .addOption(pathOption("--json", "file", "write a row for each trace and policy as JSON"))
    .addHelpText("after", help)
    .action((options: SimulateOptions) => simulate(context, options));
}

/** Reads a time such as "7d" or "36h" as seconds. For commander: throws `InvalidArgumentError`. */
function parseRange(text: string): number {
  const [, count = "", unit] = /^([1-9]\d{0,4})([hd])$/.exec(text) ?? [];
  const seconds = Number(count) * (unit === "d" ? 86_400 : 3_600);
  if (count === "" || seconds > 366 * 86_400)
    throw new InvalidArgumentError('Write a time such as "7d" or "36h", at most a year.');
  return seconds;
}

async function simulate({ terminal, print, stop }: CliContext, options: SimulateOptions): Promise<void> {
  if (options.trace === undefined && options.fromPrometheus === undefined)
    throw new CliError("Name what to simulate: --trace FILE, or --from-prometheus URL.", exitCodes.usage);
  if (options.record !== undefined && options.fromPrometheus === undefined)
    throw new CliError("--record writes what --from-prometheus told: give both.", exitCodes.usage);
  const settings = await settingsOfOptions(options);
  const files = options.trace === undefined ? [] : await traceFiles(options.trace);
  const json = await reportFile(options.json);
  if (options.record !== undefined) await checkWritable(options.record, 1024 * 1024);
  async function* traces(): AsyncIterable<Trace> {
    for (const file of files) {
      const step = terminal.progress.step(`reading ${file}`);
      const trace = await readTraceFile(file, (bytes) => step.update(`${Math.round(bytes / 1e6)} MB`)).catch(
        (error) => {
          step.fail("not a trace");
          throw error;
        },
      );
      const missing = missingSlots(trace);
      step.done(
        `${trace.rates.length} slots of ${trace.stepSeconds} s${missing === 0 ? "" : `, ${missing} of them missing and not scored`}`,
      );
      yield trace;
    }
    if (options.fromPrometheus !== undefined) yield await history(options.fromPrometheus);
  }
  async function history(source: string): Promise<Trace> {
    const { range: rangeSeconds, service, record } = options;
    const step = terminal.progress.step("reading what Prometheus remembers");
    const trace = await readHistory({ source, rangeSeconds, service, nowMs: Date.now(), stop }).catch((error) => {
      step.fail("no history");
      throw error;
    });
    const days = (trace.rates.length * trace.stepSeconds) / 86_400;
    step.done(
      `${days.toFixed(1)} days${missingSlots(trace) === 0 ? "" : `, ${missingSlots(trace)} minutes of them missing`}${days < 1 ? ": less than a day says little" : ""}`,
    );
    if (record !== undefined) await writeFiles([{ path: record, content: traceText(trace) }]);
    return trace;
  }
  const { rows, days } = await runSimulations(traces(), options.policy, options.interpolation, settings, {
    progress: terminal.progress,
    stop,
  });
  await json.write(rows);
  print(resultsTable(rows, days));
}

/** A user's own traffic stays as it is. */
const AS_IS = ["traffic.peak=as-is", "traffic.clip=1e9"];

async function settingsOfOptions({ config, fromPrometheus, service, set }: SimulateOptions): Promise<Settings> {
  const document = config === undefined ? undefined : await readFleetDocument(config);
  try {
    return settingsOf([...(fromPrometheus === undefined ? [] : AS_IS), ...set], document, service);
  } catch (error) {
    if (error instanceof SettingsError) throw new CliError(error.message, exitCodes.usage);
    throw error;
  }
}
