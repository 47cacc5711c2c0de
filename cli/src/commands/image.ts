import { CliError, exitCodes } from "@compose-fleet/process";
import { Command, Option } from "commander";
import type { ImageOptions } from "../image/run-image.ts";
import { fleetOption } from "../options/fleet-option.ts";
import { orSentence } from "../release/release-failure.ts";
import type { CliContext } from "../run/context.ts";

const help = `
Makes a machine image (AMI) of a worker: one instance runs a worker's user data, pulls the images of the revision that runs, takes off
keys, registrations, secrets and logs, and turns itself off; its disk becomes the image, and the instance is terminated. New workers
then install and pull nothing. With workers.image: baked in the fleet file they start from the newest image, without another deployment;
without it everything stays as it is, only slower. An image costs what its disk's snapshot costs.

Examples:
  fleet image                      make one, and let new workers start from it (10 to 20 minutes)
  fleet image --status             how old the current one is, and whether the workers run something newer
  fleet image --list --json
  fleet image --use ami-0123…      go back to an earlier one
  fleet image --prune              delete all but the current one and one to go back to

Exit codes: 0 done, 1 failed (the image before stays in use), 2 usage error, set-up or no credentials, 130 interrupted.`;

/** Each does something of its own. */
const ACTIONS = ["status", "list", "prune", "use"] as const;

/** `fleet image`: workers that start with everything already there. */
export function imageCommand(context: CliContext): Command {
  return new Command("image")
    .description("make a machine image of a worker, from which new ones start in under a minute")
    .option("--status", "how old the current image is")
    .option("--list", "every image of the fleet")
    .option("--use <ami>", "let new workers start from this image")
    .option("--prune", "delete images that nobody needs")
    .option("--yes", "do not ask")
    .option("--json", "print the outcome as JSON")
    .addOption(fleetOption())
    .addOption(
      new Option("--bucket <name>", "the bucket of the revisions (default: the account's only one of this fleet)").env(
        "FLEET_REVISION_BUCKET",
      ),
    )
    .addHelpText("after", help)
    .action(async (options: ImageOptions) => {
      const asked = ACTIONS.filter((action) => options[action] !== undefined);
      if (asked.length > 1)
        throw new CliError(`Got ${asked.map((action) => `--${action}`).join(" and ")}: choose one.`, exitCodes.usage);
      if (options.use !== undefined && !/^ami-[0-9a-f]{8,17}$/.test(options.use))
        throw new CliError(
          `Got --use ${JSON.stringify(options.use)}: an image is called like ami-0123456789abcdef0, see fleet image --list.`,
          exitCodes.usage,
        );
      const { image } = await import("../image/run-image.ts");
      await orSentence(() => image(context, options));
    });
}
