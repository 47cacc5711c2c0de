import { CliError, exitCodes } from "@compose-fleet/process";
import { type Command, Option } from "commander";
import { fleetOption } from "../options/fleet-option.ts";
import { localNameOption } from "../options/local-name.ts";

const places = ["local", "aws"] as const;

/** How a command says which fleet it is about. */
export interface TargetOptions {
  readonly aws?: true;
  readonly target?: (typeof places)[number];
  readonly name?: string;
  readonly fleet?: string;
}

/** The rule, for `--help`. */
export const targetRule = `Which fleet: the local one that runs (--name where several do); with --aws, or FLEET_TARGET=aws, the one on AWS whose name, environment and
region the fleet file says.`;

/** Adds the options of `TargetOptions`. */
export function withTargetOptions(command: Command): Command {
  return command
    .option("--aws", "the fleet on AWS, the same as --target aws")
    .addOption(
      new Option("--target <place>", "where the fleet runs (default: local)").choices(places).env("FLEET_TARGET"),
    )
    .addOption(localNameOption())
    .addOption(fleetOption());
}

/** Whether an option was written on the command line, rather than in a variable. */
export type IsTyped = (option: keyof TargetOptions) => boolean;

/** Where the fleet is that is meant. Throws `CliError` (exit code 2) for options that contradict each other. */
export function placeOf({ aws, target, name }: TargetOptions, isTyped: IsTyped): "local" | "aws" {
  const asked = isTyped("target") ? target : undefined;
  if (aws && asked === "local") throw contradiction("--aws and --target local");
  const isAws = aws || asked === "aws";
  if (isAws && name !== undefined) throw contradiction("--name, which is of a local fleet, and AWS");
  // Who names a local fleet means it, whatever the variable says.
  if (isAws || (asked === undefined && name === undefined && target === "aws")) return "aws";
  if (isTyped("fleet"))
    throw contradiction("--fleet, which says the fleet on AWS, without --aws", "add --aws, or leave --fleet out");
  return "local";
}

function contradiction(got: string, advice = "leave one out"): CliError {
  return new CliError(`Got ${got}: ${advice}.`, exitCodes.usage);
}
