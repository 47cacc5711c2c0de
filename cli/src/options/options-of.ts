import type { Command } from "commander";

/**
 * The options of a command and of those above it. An option that both have, commander gives to the one above, wherever it is written:
 * `--aws` of `fleet override list --aws` is override's.
 */
export function optionsOf<Options extends object>(command: Command): Options {
  return command.optsWithGlobals<Options>();
}
