import { reportFile } from "@compose-fleet/files";
import { CliError, exitCodes } from "@compose-fleet/process";
import {
  billOf,
  knobs,
  offeredOf,
  offeredOptionsOf,
  type Split,
  splitOf,
  type Tariff,
  tune,
} from "@compose-fleet/simulator";
import { Command, InvalidArgumentError, Option } from "commander";
import { pathOption } from "../options/path-option.ts";
import type { CliContext } from "../run/context.ts";
import { playFleet } from "../simulate/run-simulations.ts";
import { trafficOf } from "../simulate/traffic.ts";
import { type TrafficOptions, withTrafficOptions } from "../simulate/traffic-options.ts";
import { holds, type TuneResults, tuneText } from "../simulate/tune-text.ts";

interface TuneOptions extends TrafficOptions {
  readonly lostRequestUsd?: number;
  readonly spot: boolean;
  readonly json?: string;
}

/** History that says something about a day. */
const LEAST_DAYS = 1;

const help = `
Tries the keys of fleet.yaml that are worth turning, each by itself and the best ones together, on the first two thirds of the traffic, and
checks what it found on the rest. It never changes a file. What it tries:
${knobs.map(({ key, values }) => `  ${key.padEnd(38)} ${values.join(", ")}`).join("\n")}

Examples:
  fleet tune --from-prometheus http://127.0.0.1:9090 --range 14d --fleet fleet.yaml --lost-request-usd 0.001
  fleet tune --trace traffic.csv --lost-request-usd 0.0002 --spot --json tuned.json

Exit codes: 0 tuned, 1 traffic that cannot be used, 2 usage error, or a path that cannot be used, 130 interrupted.`;

/** `fleet tune`: which parameters would have cost least on traffic that there was. */
export function tuneCommand(context: CliContext): Command {
  return withTrafficOptions(
    new Command("tune").description(
      "find the parameters that would have cost least on your traffic, lost requests included",
    ),
  )
    .addOption(new Option("--lost-request-usd <dollars>", "what a lost request costs you").argParser(parseDollars))
    .option("--spot", "pay Spot's price for machines", false)
    .addOption(pathOption("--json", "file", "write what was found as JSON"))
    .addHelpText("after", help)
    .action((options: TuneOptions) => runTune(context, options));
}

/** Reads a price. For commander: throws `InvalidArgumentError`. */
function parseDollars(text: string): number {
  const dollars = /^\d*\.?\d+(e-?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(dollars > 0 && dollars <= 1e6)) throw new InvalidArgumentError('Write dollars, such as "0.001".');
  return dollars;
}

async function runTune(context: CliContext, options: TuneOptions): Promise<void> {
  const { interpolation, lostRequestUsd, spot } = options;
  const traffic = await trafficOf(context, options);
  const json = await reportFile(options.json);
  if (lostRequestUsd === undefined)
    throw new CliError("Say what a lost request costs you, in dollars: --lost-request-usd 0.001", exitCodes.usage);
  const asIs = traffic.settingsWith([]);
  const { onDemandPerHour, spotPerHour } = asIs.knobs.price;
  const tariff: Tariff = { perInstanceHour: spot ? spotPerHour : onDemandPerHour, perLostRequest: lostRequestUsd };
  const splits: Split[] = [];
  for await (const trace of traffic.traces()) {
    const split = splitOf(offeredOf(trace, offeredOptionsOf(asIs, interpolation)));
    const days = split.tunedDays + split.checkDays;
    if (days < LEAST_DAYS)
      throw new CliError(
        `${trace.name}: has ${(24 * days).toFixed(1)} hours that count after the warm-up: tuning needs a day or more.`,
      );
    splits.push(split);
  }
  const deps = { progress: context.terminal.progress, stop: context.stop };
  const bill = async (set: readonly string[], part: "tuned" | "check") => {
    const settings = traffic.settingsWith(set);
    return billOf(
      await playFleet(
        splits.map((split) => split[part]),
        settings,
        `${part === "check" ? "checking " : ""}${set.join(" ") || "as it is"}`,
        deps,
      ),
      tariff,
    );
  };
  const isChange = (set: readonly string[]) =>
    JSON.stringify(traffic.settingsWith(set).config) !== JSON.stringify(asIs.config);
  const found = await tune(
    async (set) => (set.length === 0 || isChange(set) ? await bill(set, "tuned") : undefined),
    knobs,
  );
  const sum = (of: (split: Split) => number) => splits.reduce((total, split) => total + of(split), 0);
  const results: TuneResults = {
    ...found,
    tariff,
    tunedDays: sum(({ tunedDays }) => tunedDays),
    checkDays: sum(({ checkDays }) => checkDays),
    check:
      found.best === found.asIs
        ? undefined
        : { asIs: await bill([], "check"), best: await bill(found.best.set, "check") },
  };
  await json.write({ ...results, holds: holds(results) });
  context.print(tuneText(results));
}
