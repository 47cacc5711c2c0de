import { CliError, exitCodes, systemClock } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { inMaintenance } from "../maintenance/maintenance-state.ts";
import type { MaintenanceStore, MaintenanceWorkers } from "../maintenance/ports.ts";
import { readMaintenance, setMaintenance } from "../maintenance/set-maintenance.ts";
import { fleetOption } from "../options/fleet-option.ts";
import { localNameOption } from "../options/local-name.ts";
import type { CliContext } from "../run/context.ts";
import { awsFailure } from "../secrets/aws-failure.ts";

interface Options {
  readonly fleet?: string;
  readonly local?: boolean;
  readonly name?: string;
  readonly service?: string;
  readonly json?: boolean;
}

interface MaintenanceFleet {
  readonly services: readonly string[];
  readonly store: MaintenanceStore;
  readonly workers: MaintenanceWorkers;
}
type Connect = (context: CliContext, options: Options) => Promise<MaintenanceFleet>;

/** The fleet on AWS, or the local one. */
const connectToFleet: Connect = async (context, options) => {
  // AWS's clients are loaded by who needs them: they would make every other command slower to start.
  const { openFleet } = await import("../release/place.ts");
  const { createSsmMaintenanceStore, createSsmMaintenanceWorkers } = await import("../maintenance/ssm-maintenance.ts");
  const { config, clients } = await openFleet(context, options);
  return {
    services: Object.keys(config.services),
    store: createSsmMaintenanceStore(clients.ssm, config),
    workers: createSsmMaintenanceWorkers({ ...clients, clock: systemClock, config }),
  };
};

/** `fleet maintenance`: users of a service, or of all, see a page that says so. */
export function maintenanceCommand(context: CliContext, connect: Connect = connectToFleet): Command {
  const command = (name: string): Command =>
    new Command(name)
      .addOption(fleetOption())
      .addOption(new Option("--local", "of the fleet on this machine"))
      .addOption(localNameOption())
      .option("--json", "print it as JSON");
  const change = (name: "on" | "off", what: string): Command =>
    command(name)
      .description(what)
      .option("--service <name>", "of this service alone")
      .addHelpText(
        "after",
        `\nIt holds until it is changed, for workers that come later and through releases as well.\n\nExamples:\n  fleet maintenance ${name}\n  fleet maintenance ${name} --service shop\n  fleet maintenance ${name} --local\n\nExit codes: 0 all workers know, 1 some do not yet or AWS refused it, 2 usage error or no credentials.`,
      )
      .action(async (options: Options) => {
        const fleet = await open(context, options, connect);
        const known = options.service === undefined || fleet.services.includes(options.service);
        if (!known)
          throw new CliError(
            `Got --service ${options.service}: this fleet has ${fleet.services.join(", ")}. Nothing was changed.`,
            exitCodes.usage,
          );
        const result = await orSentence(setMaintenance(fleet, { isOn: name === "on", service: options.service }));
        const failed = result.workers.filter(({ problem }) => problem !== undefined);
        if (options.json) context.print(JSON.stringify(result, null, 2));
        else
          context.print(
            `${stateText(result.inMaintenance)} Workers that know: ${result.workers.length - failed.length} of ${result.workers.length}.`,
          );
        if (failed.length > 0)
          throw new CliError(
            [
              "It is written, and new workers follow it. These do not yet; run the command again:",
              ...failed.map(({ id, problem }) => `  ${id}: ${problem}`),
            ].join("\n"),
          );
      });
  const status = command("status")
    .description("which services are in maintenance")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet maintenance status\n  fleet maintenance status --json\n\nExit codes: 0 it is known, 1 AWS refused it, 2 usage error or no credentials.",
    )
    .action(async (options: Options) => {
      const fleet = await open(context, options, connect);
      const state = await orSentence(readMaintenance(fleet.store));
      const services = inMaintenance(state, fleet.services);
      context.print(
        options.json ? JSON.stringify({ inMaintenance: services, all: state === "all" }, null, 2) : stateText(services),
      );
    });
  return new Command("maintenance")
    .description("answer a service's users, or all users, with a page of your own while you work on it")
    .addCommand(
      change("on", "users get 503 and public/maintenance.html; replicas run on, and WebSockets that are open stay"),
    )
    .addCommand(change("off", "serve again"))
    .addCommand(status);
}

function stateText(services: readonly string[]): string {
  return services.length === 0 ? "No service is in maintenance." : `In maintenance: ${services.join(", ")}.`;
}

function open(context: CliContext, options: Options, connect: Connect): Promise<MaintenanceFleet> {
  return orSentence(connect(context, options));
}

async function orSentence<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw awsFailure(error);
  }
}
