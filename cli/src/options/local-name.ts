import { InvalidArgumentError, Option } from "commander";

/** Takes a local fleet's name. It is part of paths and labels, so it is nothing but a name. For commander: throws `InvalidArgumentError`. */
export function parseLocalName(text: string): string {
  if (/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError("Write a fleet's name: 1-32 lower-case letters, digits and inner dashes.");
}

/** `--name` of every command about a fleet on this machine. */
export function localNameOption(otherwise = "the one that runs"): Option {
  return new Option("--name <name>", `which local fleet (default: ${otherwise})`).argParser(parseLocalName);
}
