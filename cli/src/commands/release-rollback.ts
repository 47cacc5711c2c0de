import { Command } from "commander";
import { orSentence } from "../release/release-failure.ts";
import type { ReleaseOptions } from "../release/release-options.ts";
import type { CliContext } from "../run/context.ts";
import { releaseOptionsOf, withPlaceOptions } from "./release-options.ts";

/** `fleet release rollback`: an earlier revision onto the machines. */
export function rollbackCommand(context: CliContext): Command {
  return withPlaceOptions(new Command("rollback"))
    .description("bring an earlier revision to the machines (default: the one before, to the workers)")
    .argument("[revision]", "a revision's name, as in fleet release history")
    .option("--yes", "do not ask before deploying to AWS")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet release rollback\n  fleet release rollback 0123456789ab-ba9876543210\n  fleet release rollback --only monitoring\n\nExit codes: 0 every machine runs it, 1 it failed, 2 unknown revision, usage error, no credentials or no local fleet; nothing was changed.",
    )
    .action(async (revision: string | undefined, _options: ReleaseOptions, command: Command) => {
      const { rollback } = await import("../release/run-rollback.ts");
      await orSentence(() => rollback(context, revision, releaseOptionsOf(command)));
    });
}
