import {
  controlSocketOf,
  createFaultClient,
  type FaultName,
  faultCatalogue,
  findLocalFleet,
  hitsOneWorker,
} from "@compose-fleet/local-fleet/session";
import { CliError, exitCodes, InterruptedError, systemClock } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { localNameOption } from "../options/local-name.ts";
import { parseFault } from "../options/parse-fault.ts";
import { parseSeconds } from "../options/parse-values.ts";
import type { CliContext } from "../run/context.ts";

interface FaultOptions {
  readonly for: number;
  readonly worker?: string;
  readonly list?: boolean;
  readonly name?: string;
  readonly json?: boolean;
}

/** `fleet local fault`: breaks one thing for a while. */
export function localFaultCommand(context: CliContext): Command {
  return new Command("fault")
    .description("break one thing of the local fleet for a while; it is undone at the end, also on Ctrl-C")
    .addArgument(new Command().createArgument("[fault]", "which one; --list shows them").argParser(parseFault))
    .addOption(new Option("--for <duration>", "how long").default(30, "30s").argParser(parseSeconds))
    .option("--worker <id>", "which worker, for faults that hit one (default: the newest that serves)")
    .option("--list", "show the faults")
    .option("--json", "print the list as JSON")
    .addOption(localNameOption())
    .addHelpText(
      "after",
      "\nExamples:\n  fleet local fault --list\n  fleet local fault kill-wh --for 30s\n  fleet local fault cut-worker --worker i-0123456789abcdef0\n\nExit codes: 0 done and undone, 1 refused or not undone, 2 usage error or no local fleet, 130 interrupted (it is undone).",
    )
    .action(async (fault: FaultName | undefined, options: FaultOptions) => {
      if (options.list || fault === undefined) {
        if (!options.list) throw new CliError("Name a fault; fleet local fault --list shows them.", exitCodes.usage);
        return list(context, options.json === true);
      }
      await apply(context, fault, options);
    });
}

function list({ print }: CliContext, json: boolean): void {
  const described = Object.fromEntries(
    Object.entries(faultCatalogue).map(([name, { description }]) => [name, description]),
  );
  if (json) print(JSON.stringify(described, null, 2));
  else for (const [name, text] of Object.entries(described)) print(`${name.padEnd(30)} ${text}`);
}

async function apply({ root, terminal, stop }: CliContext, name: FaultName, options: FaultOptions): Promise<void> {
  if (options.worker !== undefined && !hitsOneWorker(name))
    throw new CliError(`The fault ${name} hits no worker in particular: leave out --worker.`, exitCodes.usage);
  const { name: fleetName, cloud } = await findLocalFleet(root, options.name);
  const serving = cloud.workers.filter(({ state, target }) => state === "running" && target === "healthy");
  if (options.worker !== undefined && !cloud.workers.some(({ id }) => id === options.worker))
    throw new CliError(
      `The fleet has no worker ${options.worker}. It has: ${cloud.workers.map(({ id }) => id).join(", ")}.`,
      exitCodes.usage,
    );
  const worker = hitsOneWorker(name) ? (options.worker ?? serving.at(-1)?.id) : undefined;
  const client = createFaultClient(controlSocketOf(root, fleetName));
  const step = terminal.progress.step(`${name}${worker === undefined ? "" : ` on ${worker}`}`);
  try {
    const id = await client.start({ name, forSeconds: options.for, ...(worker === undefined ? {} : { worker }) });
    step.update(`in force for ${options.for} s`);
    await systemClock.sleep(options.for * 1000, stop).catch(() => undefined);
    await client.end(id);
    step.done("undone");
  } catch (error) {
    step.fail("refused");
    throw error;
  }
  if (stop.aborted) throw new InterruptedError();
}
