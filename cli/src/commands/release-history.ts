import { Command } from "commander";
import { orSentence } from "../release/release-failure.ts";
import type { ReleaseOptions } from "../release/release-options.ts";
import type { CliContext } from "../run/context.ts";
import { releaseOptionsOf, withPlaceOptions } from "./release-options.ts";

/** `fleet release history`: what was deployed, when and by whom. */
export function historyCommand(context: CliContext): Command {
  return withPlaceOptions(new Command("history"))
    .description("the last 25 deployments to each kind of machine, newest first")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet release history\n  fleet release history --only workers --json\n\nExit codes: 0 told, 1 AWS refused, 2 usage error, no credentials or no local fleet.",
    )
    .action(async (_options: ReleaseOptions, command: Command) => {
      const { history } = await import("../release/show-history.ts");
      await orSentence(() => history(context, releaseOptionsOf(command)));
    });
}
