import { join } from "node:path";
import { loadFleetFile } from "@compose-fleet/files";
import { findLocalFleet, localFolders } from "@compose-fleet/local-fleet/session";
import { CliError, exitCodes } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { localNameOption } from "../options/local-name.ts";
import { parseSeconds } from "../options/parse-values.ts";
import type { CliContext } from "../run/context.ts";

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
    .addOption(new Option("--for <duration>", "how long the alert lasts (default: 60s)").argParser(parseSeconds))
    .option("--end", "end the alert now")
    .addOption(localNameOption())
    .addHelpText(
      "after",
      "\nExamples:\n  fleet scaletest HighRequestRate --for 30s\n  fleet scaletest HighCPU --end\n\nExit codes: 0 raised or ended, 1 refused by Alertmanager, 2 usage error or no local fleet.",
    )
    .action(
      async (
        alertname: string,
        options: { service?: string; worker?: string; for?: number; end?: boolean; name?: string },
      ) => {
        const { name, cloud } = await findLocalFleet(context.root, options.name);
        const folders = localFolders(context.root, name);
        const { services } = await loadFleetFile(folders.fleetFile);
        known("service", options.service, Object.keys(services));
        known(
          "worker",
          options.worker,
          cloud.workers.map(({ id }) => id),
        );
        const flags = Object.entries({
          "--service": options.service,
          "--worker": options.worker,
          "--for": options.for === undefined ? undefined : `${options.for}s`,
        });
        const result = await context.machine.runner.run({
          file: join(folders.stackPrometheusDir, "scaletest.sh"),
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
            result.exitCode === exitCodes.usage ? exitCodes.usage : exitCodes.failed,
          );
      },
    );
}

/** Alertmanager takes an alert about anything; one about nothing would raise nothing. Throws `CliError` (exit code 2) with those that there are. */
function known(what: string, given: string | undefined, names: readonly string[]): void {
  if (given === undefined || names.includes(given)) return;
  throw new CliError(
    `The fleet has no ${what} ${JSON.stringify(given)}. It has: ${names.join(", ") || "none"}. Nothing was sent.`,
    exitCodes.usage,
  );
}
