import { InterruptedError, systemClock } from "@compose-fleet/process";
import { Command, InvalidArgumentError, Option } from "commander";
import { parseSince, type Since } from "../decisions/since.ts";
import { sourceText } from "../logs/log-line.ts";
import { wantedSource } from "../logs/wanted-source.ts";
import type { CliContext } from "../run/context.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

interface LogsOptions {
  readonly follow?: boolean;
  readonly since: Since;
  readonly grep?: RegExp;
}

const help = `
All replicas of all workers, in order of time, each line with its worker and container. On AWS from CloudWatch Logs, which machines reach
after some seconds, and which knows those of 30 days that are gone. Locally from Docker: what is gone there is in fleet why.

Examples:
  fleet logs
  fleet logs service-a --follow
  fleet logs i-0123456789abcdef0 --since 2h --grep 'error|warn'
  fleet logs wh --aws

Exit codes: 0 told, 1 they cannot be read, 2 usage error, or no fleet or credentials, 130 interrupted.`;

/** `fleet logs`: what the containers of a fleet print. */
export function logsCommand(context: CliContext): Command {
  return withTargetOptions(new Command("logs"))
    .description("what the containers print, of all workers at once")
    .argument("[what]", "a service, a worker's id, or a part such as nginx or wh (default: everything)")
    .option("--follow", "go on with what comes, until Ctrl-C")
    .addOption(
      new Option("--since <time>", 'how long ago ("30m"), or a time ("2026-03-01T22:00:00Z")')
        .default(parseSince("10m"), "10m")
        .argParser(parseSince),
    )
    .addOption(new Option("--grep <pattern>", "only lines that match this regular expression").argParser(parsePattern))
    .addHelpText("after", help)
    .action((what: string | undefined, { follow = false, since, grep }: LogsOptions, command: Command) =>
      withTarget(context, command, async ({ config, logs }) => {
        const wants = wantedSource(config, what);
        const sinceMs = Math.max(0, since(systemClock.nowMs()));
        const { stop } = context;
        for await (const lines of logs.read({ wants, sinceMs, follow, signal: stop })) {
          const shown = lines.filter(({ text }) => grep === undefined || grep.test(text));
          const text = shown.map((line) => `${sourceText(line.source)}  ${line.text}\n`).join("");
          if (stop.aborted || (text !== "" && !(await context.write(text)))) break;
        }
        if (stop.aborted) throw new InterruptedError();
      }),
    );
}

/** Reads a regular expression. For commander: throws `InvalidArgumentError`. */
function parsePattern(text: string): RegExp {
  if (text === "") throw new InvalidArgumentError("It is empty, and every line matches: leave it out.");
  try {
    return new RegExp(text, "u");
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : "It is no regular expression.");
  }
}
