import { Command } from "commander";
import { orSentence } from "../release/release-failure.ts";
import type { ReleaseOptions } from "../release/release-options.ts";
import type { CliContext } from "../run/context.ts";
import { historyCommand } from "./release-history.ts";
import { releaseOptionsOf, withPlaceOptions } from "./release-options.ts";
import { rollbackCommand } from "./release-rollback.ts";
import { statusCommand } from "./release-status.ts";

const help = `
Releases the commit that is checked out: builds the images that the registry lacks, copies those of others into it, puts a revision
of each stack into the bucket, and deploys it, one machine after the other, workers first. New replicas start beside the old ones, so no request is lost.
Every machine is judged; where one fails, all go back to the revision before, and the cause is told.

Examples:
  fleet release                         everything, to AWS
  fleet release --service service-a     a new image for this service only; the others stay as they run
  fleet release --refresh               with newer images of others, where their names mean newer ones by now
  fleet release --local                 to the fleet that runs on this machine
  fleet release --only monitoring --yes --json
  fleet release --only workers --upload-only --yes     for a scaler that follows the branch (releases.pull in fleet.yaml)
  fleet release status
  fleet release rollback

Exit codes:
  0    every machine runs the new revision
  1    it failed; the cause, and what the machines run now, is said; or it was refused, with nothing changed: a fault in the fleet file,
       a tree that is not what was committed, another deployment under way
  2    usage error, or set-up, credentials or the local fleet are missing; nothing was changed
  130  interrupted; a deployment that had begun goes on`;

/** `fleet release`: the commit that is checked out onto the machines, without a lost request. */
export function releaseCommand(context: CliContext): Command {
  return withPlaceOptions(new Command("release"))
    .description("bring the commit that is checked out to the fleet's machines, or back")
    .option("--service <name>", "build only this service's image anew; may be given several times", collect)
    .option("--yes", "do not ask before deploying to AWS")
    .option(
      "--refresh",
      "take the newest images of others (nginx, Prometheus, ...) under the names that the compose files say",
    )
    .option(
      "--rerun-jobs",
      "run the jobs before the release although nobody knows whether they were carried out for this revision",
    )
    .option("--upload-only", "build and upload, and deploy nothing: a scaler that follows the branch deploys it")
    .addHelpText("after", help)
    .action(async (_options: ReleaseOptions, command: Command) => {
      // AWS's clients are loaded by who needs them: they would make every other command slower to start.
      const { release } = await import("../release/run-release.ts");
      await orSentence(() => release(context, releaseOptionsOf(command)));
    })
    .addCommand(statusCommand(context))
    .addCommand(historyCommand(context))
    .addCommand(rollbackCommand(context));
}

function collect(value: string, former: readonly string[] = []): readonly string[] {
  return [...former, value];
}
