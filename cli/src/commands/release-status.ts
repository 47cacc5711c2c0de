import { Command } from "commander";
import { orSentence } from "../release/release-failure.ts";
import type { ReleaseOptions } from "../release/release-options.ts";
import type { CliContext } from "../run/context.ts";
import { releaseOptionsOf, withPlaceOptions } from "./release-options.ts";

/** `fleet release status`: the newest deployment to each kind of machine, and what became of every one of them. */
export function statusCommand(context: CliContext): Command {
  return withPlaceOptions(new Command("status"))
    .description("the deployment that runs, else the last one, and how each machine fares")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet release status\n  fleet release status --local --json\n\nExit codes: 0 told, 1 AWS refused, 2 usage error, no credentials or no local fleet.",
    )
    .action(async (_options: ReleaseOptions, command: Command) => {
      const { status } = await import("../release/show-status.ts");
      await orSentence(() => status(context, releaseOptionsOf(command)));
    });
}
