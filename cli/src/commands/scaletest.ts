import { CliError, exitCodes } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { parseSeconds } from "../options/parse-values.ts";
import type { CliContext } from "../run/context.ts";
import type { FleetTarget } from "../target/fleet-target.ts";
import { quoted } from "../target/script-text.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

interface ScaletestOptions {
  readonly service?: string;
  readonly worker?: string;
  readonly for?: number;
  readonly end?: boolean;
}

/** `fleet scaletest`: a test alert through the fleet's own Alertmanager. */
export function scaletestCommand(context: CliContext): Command {
  return withTargetOptions(new Command("scaletest"))
    .description("raise a test alert in the fleet: one step in its direction, held until the alert ends")
    .addArgument(
      new Command()
        .createArgument("<alertname>", "which alert")
        .choices(["HighRequestRate", "LowRequestRate", "HighCPU", "LowCPU"]),
    )
    .option("--service <service>", "only this service (default: every service)")
    .option("--worker <id>", "only this worker (default: every worker)")
    .addOption(new Option("--for <duration>", "how long the alert lasts (default: 60s)").argParser(parseSeconds))
    .option("--end", "end the alert now")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet scaletest HighRequestRate --for 30s\n  fleet scaletest HighCPU --end\n  fleet scaletest HighCPU --aws\n\nExit codes: 0 raised or ended, 1 refused by Alertmanager, 2 usage error, or no fleet, plugin or credentials.",
    )
    .action((alertname: string, options: ScaletestOptions, command: Command) =>
      withTarget(context, command, async (target) => {
        const said = await raise(target, alertname, options);
        if (said !== "") context.print(said);
      }),
    );
}

/** Runs the monitoring machine's own script; returns what it said. Throws `CliError`. */
async function raise({ config, machines }: FleetTarget, alertname: string, options: ScaletestOptions): Promise<string> {
  const all = await machines.list();
  known("service", options.service, Object.keys(config.services));
  known(
    "worker",
    options.worker,
    all.filter(({ kind }) => kind === "workers").map(({ id }) => id),
  );
  const monitoring = all.find(({ kind }) => kind === "monitoring");
  if (monitoring === undefined) throw new CliError("No monitoring instance runs. Nothing was sent.", exitCodes.usage);
  const flags = Object.entries({
    "--service": options.service,
    "--worker": options.worker,
    "--for": options.for === undefined ? undefined : `${options.for}s`,
  });
  const words = [
    alertname,
    ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
    ...(options.end ? ["--end"] : []),
  ];
  const result = await machines.run(monitoring, `"$STACK/scaletest.sh" ${words.map(quoted).join(" ")}`);
  if (result.exitCode === 0) return result.stdout.trim();
  throw new CliError(
    result.stderr.trim() || "scaletest.sh failed.",
    result.exitCode === exitCodes.usage ? exitCodes.usage : exitCodes.failed,
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
