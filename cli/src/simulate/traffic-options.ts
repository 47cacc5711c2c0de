import { type Command, InvalidArgumentError, Option } from "commander";
import { fleetOption } from "../options/fleet-option.ts";
import { pathOption } from "../options/path-option.ts";

/** Options of every command that plays traffic of the past. */
export interface TrafficOptions {
  readonly trace?: string;
  readonly fromPrometheus?: string;
  readonly range: number;
  readonly record?: string;
  readonly set: readonly string[];
  readonly fleet?: string;
  readonly service?: string;
  readonly interpolation: "linear" | "jump";
}

/** Adds the options of `TrafficOptions` to a command. */
export function withTrafficOptions(command: Command): Command {
  return command
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
    .addOption(new Option("--set <key=value...>", "change a key of fleet.yaml, or of the simulator").default([]))
    .addOption(fleetOption("a fleet of 1 to 6 workers"))
    .addOption(pathOption("--config", "file", "the same as --fleet").hideHelp())
    .hook("preAction", takeConfig)
    .option("--service <name>", "whose traffic it is, where fleet.yaml has several services")
    .addOption(
      new Option("--interpolation <kind>", "between two slots: a line, or a jump that nobody sees coming")
        .choices(["linear", "jump"])
        .default("linear"),
    );
}

/** `--config` is another name of `--fleet`. What FLEET_FILE names is neither. */
function takeConfig(command: Command): void {
  const { config, fleet } = command.opts<{ config?: string; fleet?: string }>();
  if (config === undefined) return;
  if (command.getOptionValueSource("fleet") === "cli")
    command.error(`error: got --fleet ${fleet} and --config ${config}, which are the same: give one`);
  command.setOptionValue("fleet", config);
}

/** Reads a time such as "7d" or "36h" as seconds. For commander: throws `InvalidArgumentError`. */
function parseRange(text: string): number {
  const [, count = "", unit] = /^([1-9]\d{0,4})([hd])$/.exec(text) ?? [];
  const seconds = Number(count) * (unit === "d" ? 86_400 : 3_600);
  if (count === "" || seconds > 366 * 86_400)
    throw new InvalidArgumentError('Write a time such as "7d" or "36h", at most a year.');
  return seconds;
}
