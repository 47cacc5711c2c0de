import { endLocalFleet, findLocalFleet, hasTraces, knownFleets, untilSeen } from "@compose-fleet/local-fleet/session";
import { CliError, exitCodes, systemClock } from "@compose-fleet/process";
import { Command } from "commander";
import { bringUp } from "../bring-up/bring-up.ts";
import { localNameOption } from "../options/local-name.ts";
import { type LocalOptions, withLocalOptions } from "../options/local-options.ts";
import type { CliContext } from "../run/context.ts";
import { createWhClient } from "../wh-client/wh-client.ts";
import { localFaultCommand } from "./local-fault.ts";
import { localLoadCommand } from "./local-load.ts";
import { localMeasureCommand } from "./local-measure.ts";
import { statusText } from "./status-text.ts";

/** `fleet local`: a fleet on this machine that stays until it is told to go. */
export function localCommand(context: CliContext): Command {
  return new Command("local")
    .description("run the fleet on this machine, with only the cloud emulated")
    .addCommand(upCommand(context))
    .addCommand(downCommand(context))
    .addCommand(statusCommand(context))
    .addCommand(localLoadCommand(context))
    .addCommand(localMeasureCommand(context))
    .addCommand(localFaultCommand(context));
}

function upCommand(context: CliContext): Command {
  return withLocalOptions(new Command("up"))
    .description("start the fleet at its minimum and leave it running")
    .option("--hold", "the scaler decides but never acts")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet local up\n  fleet local up --fleet stage.yaml --boot-seconds 30\n  LOCAL_API_KEY=secret fleet local up\n\nExit codes: 0 up, 1 it did not start, 2 something is missing on this machine, 130 interrupted; nothing is left behind.",
    )
    .action(async (options: LocalOptions & { hold?: boolean }) => {
      const { process } = await bringUp(context, options, { hold: options.hold === true, detached: true });
      const { name, endpoints, apiToken } = process.fleet;
      const { status } = createWhClient(endpoints, apiToken);
      if (!(await untilSeen({ status, ...systemClock, stop: context.stop })))
        context.terminal.progress.note(
          "The scaler does not see a replica of each service yet: npx fleet local status.",
        );
      context.print(`Fleet ${name} is up: ${endpoints.balancer}`);
      context.terminal.progress.note("npx fleet open shows the consoles, npx fleet local down ends it.");
    });
}

function downCommand(context: CliContext): Command {
  return new Command("down")
    .description("end the local fleet and remove everything it left, also after a crash")
    .addOption(localNameOption("all of this project"))
    .addHelpText(
      "after",
      "\nExamples:\n  fleet local down\n  fleet local down --name demo\n\nExit codes: 0 nothing is left, 1 something could not be removed, 2 there never was such a fleet.",
    )
    .action(async (options: { name?: string }) => {
      const known = await knownFleets(context.root);
      const names = options.name === undefined ? known : [options.name];
      if (
        options.name !== undefined &&
        !known.includes(options.name) &&
        !(await hasTraces(options.name, context.machine.runner))
      )
        throw new CliError(
          `There is no local fleet ${options.name} here, and was none. ${known.length === 0 ? "Nothing was ever started." : `There are: ${known.join(", ")}.`}`,
          exitCodes.usage,
        );
      for (const name of names) {
        const step = context.terminal.progress.step(`Removing local fleet ${name}`);
        try {
          const kept = await endLocalFleet(context.root, name, context.machine.runner, systemClock.sleep);
          step.done(
            kept.length === 0
              ? "nothing is left"
              : `nothing is left but what Docker 20.10 keeps until it is restarted, because it counts wrong: ${kept.join(", ")} (empty)`,
          );
        } catch (error) {
          step.fail("something is left");
          throw error;
        }
      }
      if (names.length === 0) context.print("There is no local fleet here.");
    });
}

function statusCommand(context: CliContext): Command {
  return new Command("status")
    .description("what the local fleet runs: workers, replicas, addresses")
    .addOption(localNameOption())
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet local status\n  fleet local status --json\n\nExit codes: 0 it runs, 1 the scaler does not answer, 2 no local fleet.",
    )
    .action(async (options: { name?: string; json?: boolean }) => {
      const { endpoints, apiToken, cloud } = await findLocalFleet(context.root, options.name);
      const fleet = await createWhClient(endpoints, apiToken).status();
      if (options.json)
        return context.print(
          JSON.stringify({ fleet, cloud: { ...cloud, aws: { region: cloud.aws.region } } }, null, 2),
        );
      for (const line of statusText(cloud, fleet)) context.print(line);
    });
}
