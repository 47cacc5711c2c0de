import { join } from "node:path";
import { Command, Option } from "commander";
import { CliError, exitCodes } from "../cli-error.ts";
import type { CliContext } from "../context.ts";
import { findLocalFleet } from "../local/find-local-fleet.ts";

/** `fleet scaletest`: a test alert through the local fleet's Alertmanager. */
export function scaletestCommand(context: CliContext): Command {
  return new Command("scaletest")
    .description("raise a test alert in the local fleet: one step in its direction, held until the alert ends")
    .addArgument(
      new Command()
        .createArgument("<alertname>", "which alert")
        .choices(["HighRequestRate", "LowRequestRate", "HighCPU", "LowCPU"]),
    )
    .option("--service <service>", "only this service (default: every service)")
    .option("--worker <id>", "only this worker (default: every worker)")
    .addOption(new Option("--for <duration>", "how long the alert lasts (default: 60s)"))
    .option("--end", "end the alert now")
    .option("--name <name>", "which local fleet (default: the one that runs)")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet scaletest HighRequestRate --for 30s\n  fleet scaletest HighCPU --end\n\nExit codes: 0 raised or ended, 1 refused by Alertmanager, 2 usage error or no local fleet.",
    )
    .action(
      async (
        alertname: string,
        options: { service?: string; worker?: string; for?: string; end?: boolean; name?: string },
      ) => {
        const { name } = await findLocalFleet(context.root, options.name);
        const flags = Object.entries({
          "--service": options.service,
          "--worker": options.worker,
          "--for": options.for,
        });
        const result = await context.machine.runner.run({
          file: join(context.root, "stack-prometheus", "scaletest.sh"),
          args: [
            alertname,
            ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
            ...(options.end ? ["--end"] : []),
          ],
          env: { COMPOSE_PROJECT_NAME: `compose-fleet-${name}-monitoring` },
        });
        if (result.stdout.trim() !== "") context.print(result.stdout.trim());
        if (result.exitCode !== 0)
          throw new CliError(
            result.stderr.trim() || "scaletest.sh failed.",
            result.exitCode === 64 || result.exitCode === 69 ? exitCodes.usage : exitCodes.failed,
          );
      },
    );
}
