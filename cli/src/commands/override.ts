import { userInfo } from "node:os";
import { CliError, exitCodes } from "@compose-fleet/process";
import type { LimitView } from "@compose-fleet/wh-api";
import { Command, Option } from "commander";
import { optionsOf } from "../options/options-of.ts";
import { parseCount, parseDuration } from "../options/parse-values.ts";
import { askedOverride, type OverrideOptions } from "../override/asked-override.ts";
import { limitText } from "../override/limit-text.ts";
import type { CliContext } from "../run/context.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

const codes =
  "Exit codes: 0 done, 1 refused by the scaler or it does not answer, 2 usage error, or no fleet, plugin or credentials.";

/** `fleet override`: an operator's word, which ends by itself. */
export function overrideCommand(context: CliContext): Command {
  return withTargetOptions(new Command("override"))
    .description("ask for other numbers for a while, a day at most, within the bounds of the fleet file")
    .addOption(new Option("--min <count>", "at least so many").argParser(parseCount))
    .addOption(new Option("--max <count>", "at most so many").argParser(parseCount))
    .addOption(new Option("--pin <count>", "exactly so many, whatever the load").argParser(parseCount))
    .addOption(new Option("--pause <direction>", "nothing scales in, or out, or at all").choices(["in", "out", "all"]))
    .option("--service <service>", "replicas of this service on each worker (default: workers)")
    .option("--until <time>", 'when it ends, such as "22:00" on this machine\'s clock')
    .addOption(new Option("--for <duration>", 'how long it lasts, such as "2h"').argParser(parseDuration))
    .option("--reason <text>", "why; everybody sees it")
    .option("--by <name>", "who asks (default: your user name here)")
    .option("--json", "print the answer as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  fleet override --min 4 --until 22:00 --reason "sale"\n  fleet override --service api --pin 3 --for 30m --reason "a test" --aws\n  fleet override --pause in --for 2h --reason "the database moves"\n  fleet override list\n  fleet override end ID\n\n${codes}`,
    )
    .addCommand(listCommand(context))
    .addCommand(endCommand(context))
    .action((options: Omit<OverrideOptions, "by"> & { by?: string; json?: boolean }, command: Command) => {
      // Before anything is opened: what is wrong with the words needs no fleet.
      const asked = askedOverride({ ...options, by: options.by ?? userName() }, Date.now());
      return withTarget(context, command, async ({ scaler }) => {
        const override = await scaler.addOverride(asked);
        if (options.json) return context.print(JSON.stringify(override, null, 2));
        const { limits } = await scaler.status();
        const limit = limits.find(({ id }) => id === override.id);
        context.print(limit ? limitText(limit) : "It was taken.");
        context.print(`End it sooner: fleet override end ${override.id}`);
      });
    });
}

function listCommand(context: CliContext): Command {
  return withTargetOptions(new Command("list"))
    .description("what narrows numbers now: overrides, schedules and the budget")
    .option("--json", "print it as JSON")
    .addHelpText("after", `\nExamples:\n  fleet override list\n  fleet override list --json --aws\n\n${codes}`)
    .action((_options: object, command: Command) =>
      withTarget(context, command, async ({ scaler }) => {
        const { limits } = await scaler.status();
        if (optionsOf<{ json?: boolean }>(command).json) return context.print(JSON.stringify(limits, null, 2));
        if (limits.length === 0) return context.print("Nothing: the bounds of the fleet file hold.");
        for (const limit of limits) context.print(`${idOf(limit)}  ${limitText(limit)}`);
      }),
    );
}

function endCommand(context: CliContext): Command {
  return withTargetOptions(new Command("end"))
    .description("end an override now")
    .argument("<id>", "as fleet override list says it")
    .option("--by <name>", "who ends it (default: your user name here)")
    .addHelpText("after", `\nExamples:\n  fleet override end 1a2b3c-4d5e\n\n${codes}`)
    .action((id: string, _options: object, command: Command) =>
      withTarget(context, command, async ({ scaler }) => {
        const { by = userName() } = optionsOf<{ by?: string }>(command);
        const { limits } = await scaler.status();
        const limit = limits.find((one) => one.id === id);
        if (limit?.source !== "override") throw nothingToEnd(id, limit, limits);
        await scaler.removeOverride(id, by);
        context.print(`Ended: ${limitText(limit)}`);
      }),
    );
}

function idOf({ id, source }: LimitView): string {
  return source === "override" ? id : source;
}

function nothingToEnd(id: string, found: LimitView | undefined, limits: readonly LimitView[]): CliError {
  if (found !== undefined)
    return new CliError(`${id} is of the fleet file (${found.source}): change it there.`, exitCodes.failed);
  const known = limits.filter(({ source }) => source === "override").map((limit) => limit.id);
  return new CliError(
    `No override ${JSON.stringify(id)} is in force. ${known.length === 0 ? "There is none." : `In force: ${known.join(", ")}.`}`,
    exitCodes.failed,
  );
}

/** The name of who runs this, as the scaler takes it. */
function userName(): string {
  try {
    return (
      userInfo()
        .username.replace(/[^\x20-\x7e]/g, "?")
        .slice(0, 64) || "fleet"
    );
  } catch {
    // A user id without an entry.
    return "fleet";
  }
}
