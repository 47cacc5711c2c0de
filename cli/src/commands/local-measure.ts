import { readFile } from "node:fs/promises";
import { shown, writeFiles } from "@compose-fleet/files";
import { fleetSource } from "@compose-fleet/local-fleet/session";
import { CliError, exitCodes, InterruptedError, messageOf, systemClock } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { askFleet } from "../doctor/ask-fleet.ts";
import { askOnce } from "../measure/ask-once.ts";
import { withFewestReplicas } from "../measure/fewest-replicas.ts";
import { fleetUsage } from "../measure/fleet-usage.ts";
import type { SearchLimits } from "../measure/knee.ts";
import { type Asked, loadSteps } from "../measure/load-steps.ts";
import { measureCapacity } from "../measure/measure-capacity.ts";
import { type MeasureResult, resultLines, resultOf, stepLine } from "../measure/result.ts";
import { whatToAsk } from "../measure/what-to-ask.ts";
import { withCapacity } from "../measure/write-capacity.ts";
import { localNameOption } from "../options/local-name.ts";
import { parseUrlPath } from "../options/parse-values.ts";
import type { CliContext } from "../run/context.ts";
import type { FleetTarget } from "../target/fleet-target.ts";
import { openLocalTarget } from "../target/local-target.ts";

interface MeasureOptions {
  readonly path?: string;
  readonly method: Asked["method"];
  readonly write?: boolean;
  readonly name?: string;
  readonly json?: boolean;
}

/** Some three minutes of load; far more than one machine's load generator can send. */
const limits: SearchLimits = { mostSeconds: 180, mostRps: 8_000 };

/** `fleet local measure`: what one replica of a service sustains. */
export function localMeasureCommand(context: CliContext): Command {
  return new Command("measure")
    .description("raise the load on one replica of a service until its p99 bends or requests fail, and say the number")
    .argument("<service>", "a service that users call")
    .addOption(new Option("--path <path>", "path of the requests (default: the service's own)").argParser(parseUrlPath))
    .addOption(new Option("--method <method>", "of the requests").choices(["GET", "POST"]).default("GET"))
    .option("--write", "write it as the service's capacity, into the file that the fleet was started with")
    .addOption(localNameOption())
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
The fleet has as few replicas of the service as its file permits meanwhile, by overrides that end with the command. It takes one to four minutes.

Examples:
  fleet local measure api
  fleet local measure api --path /api/search?q=shoes --write
  fleet local measure shop --method POST --path /orders --json

Exit codes: 0 measured, 1 no number, or none that --write can believe, 2 usage error, no local fleet, or nothing there to measure, 130 interrupted; the scaler has its numbers back.`,
    )
    .action((service: string, options: MeasureOptions) => measure(context, service, options));
}

async function measure(context: CliContext, service: string, options: MeasureOptions): Promise<void> {
  const target = await openLocalTarget(context, options.name);
  const asked = whatToAsk(target.config, { ...options, service }, await target.address("site"));
  const file = options.write === true ? await fileToWrite(context, target, service) : undefined;
  await askOnce(asked);
  const result = await measured(context, target, service, asked);
  if (options.json) context.print(JSON.stringify(result, null, 2));
  else for (const line of resultLines(result)) context.print(line);
  if (result.requestsPerSecond <= 0)
    throw new CliError("No rate was sustained, so there is no number. The steps above say what came of each.");
  if (file !== undefined) await write(context, file, result);
}

async function measured(
  context: CliContext,
  { scaler, config, ...target }: FleetTarget,
  service: string,
  asked: Asked,
): Promise<MeasureResult> {
  const { stop, terminal } = context;
  const settling = terminal.progress.step(`As few replicas of ${service} as the fleet file permits`);
  const usage = fleetUsage(askFleet({ scaler, config, ...target }, systemClock), service);
  try {
    return await withFewestReplicas(
      { scaler, config, clock: systemClock, stop, update: settling.update },
      service,
      async (replicas) => {
        settling.done(`${replicas} in all`);
        const measurement = await measureCapacity({ load: loadSteps(asked, stop), usage }, limits, (step) =>
          terminal.progress.note(stepLine(step)),
        );
        const writtenBefore = config.services[service]?.capacity?.requestsPerSecond ?? null;
        return resultOf(measurement, asked, { service, replicas, writtenBefore });
      },
    );
  } catch (error) {
    if (stop.aborted) throw new InterruptedError();
    throw error;
  }
}

interface FileToWrite {
  readonly path: string;
  readonly text: string;
}

/** The fleet file that the fleet was started with, looked at before anything is measured: three minutes must not end at its last line. */
async function fileToWrite({ root }: CliContext, { config }: FleetTarget, service: string): Promise<FileToWrite> {
  const path = await fleetSource(root, config.name);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new CliError(`${shown(path)} cannot be read (${messageOf(error)}): run it without --write.`, exitCodes.usage);
  });
  withCapacity(text, service, 1);
  return { path, text };
}

async function write({ terminal }: CliContext, { path, text }: FileToWrite, result: MeasureResult): Promise<void> {
  const { service, requestsPerSecond, confidence } = result;
  if (confidence === "low")
    throw new CliError(
      `${shown(path)} was not changed: the number is not sure enough. Measure again on a quieter machine.`,
    );
  const now = await readFile(path, "utf8").catch(() => text);
  await writeFiles([{ path, content: withCapacity(now, service, requestsPerSecond) }]);
  terminal.progress.note(`${shown(path)} says ${requestsPerSecond} now. Then: npx fleet validate, npx fleet render`);
}
