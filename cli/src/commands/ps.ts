import { Command } from "commander";
import { containersOf } from "../containers/containers.ts";
import type { CliContext } from "../run/context.ts";
import { columnsOf } from "../run/watch.ts";
import { fittingTable } from "../status/fitting-table.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

/** `fleet ps`: the containers of every machine. */
export function psCommand(context: CliContext): Command {
  return withTargetOptions(new Command("ps"))
    .description("the containers of all machines, those that have ended included")
    .argument("[service]", "only those of this service or part (default: all)")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet ps\n  fleet ps service-a --aws\n  fleet ps nginx --json\n\nExit codes: 0 told, 1 no machine answers, 2 no fleet or credentials.",
    )
    .action((service: string | undefined, options: { json?: boolean }, command: Command) =>
      withTarget(context, command, async ({ machines }) => {
        const { containers, problems } = await containersOf(machines, await machines.list());
        const shown = containers.filter((each) => service === undefined || each.service === service);
        for (const problem of problems) context.terminal.progress.note(`! ${problem}`);
        if (options.json) return context.print(JSON.stringify(shown, null, 2));
        const lines = fittingTable(
          [
            { title: "MACHINE", of: ({ machine }) => machine, drop: 0 },
            { title: "SERVICE", of: (each) => `${each.service}-${each.replica}`, drop: 0 },
            { title: "STATUS", of: ({ status }) => status, drop: 1 },
            { title: "CONTAINER", of: ({ id }) => id, drop: 2 },
            { title: "IMAGE", of: ({ image }) => image, drop: 3 },
          ],
          shown,
          context.terminal.isTty ? columnsOf(context.terminal) : 1_000,
        );
        for (const line of lines) context.print(line);
      }),
    );
}
