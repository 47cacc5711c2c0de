import { CliError, exitCodes } from "@compose-fleet/process";
import { Command } from "commander";
import { containersOf, type FleetContainer } from "../containers/containers.ts";
import type { CliContext } from "../run/context.ts";
import type { FleetTarget } from "../target/fleet-target.ts";
import type { Machine } from "../target/machines.ts";
import { quoted } from "../target/script-text.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

const help = `
Runs in one replica: of the worker that --worker names, else of the oldest one that has any. At a terminal the program gets it; without one
its output comes at its end, on AWS 24,000 characters at most and within a minute.

Examples:
  fleet exec service-a -- node --version
  fleet exec service-a --worker i-0123456789abcdef0 -- sh
  fleet exec nginx --aws -- nginx -T

Exit codes: that of the command; 1 no replica runs, 2 usage error, or no fleet, plugin or credentials, 130 interrupted.`;

/** `fleet exec`: a command in a replica. */
export function execCommand(context: CliContext): Command {
  return withTargetOptions(new Command("exec"))
    .description("run a command in a replica of a service")
    .argument("<service>", "a service of the fleet, or a part such as nginx or wh")
    .argument("<command...>", "what to run there, after --")
    .option("--worker <id>", "in a replica of this worker")
    .addHelpText("after", help)
    .action((service: string, words: readonly string[], options: { worker?: string }, command: Command) =>
      withTarget(context, command, async (target) => {
        const { machine, container } = await find(target, service, options.worker);
        const line = words.map(quoted).join(" ");
        if (context.canType)
          return ended(await target.machines.attach(machine, `exec docker exec -it ${container.id} ${line}`));
        const { exitCode, stdout, stderr } = await target.machines.run(
          machine,
          `exec docker exec ${container.id} ${line}`,
        );
        // The last line end is not passed on to us.
        if (stdout !== "") await context.write(stdout.endsWith("\n") ? stdout : `${stdout}\n`);
        if (stderr !== "") context.terminal.write(stderr.endsWith("\n") ? stderr : `${stderr}\n`);
        ended(exitCode);
      }),
    );
}

/** Throws `CliError`: exit code 2 for a worker that there is not, 1 where no such container runs. */
async function find(
  { machines }: FleetTarget,
  service: string,
  worker: string | undefined,
): Promise<{ readonly machine: Machine; readonly container: FleetContainer }> {
  const all = await machines.list();
  const those = worker === undefined ? all : all.filter(({ id }) => id === worker);
  if (those.length === 0)
    throw new CliError(
      `The fleet has no worker ${JSON.stringify(worker)}. It has: ${all.map(({ id }) => id).join(", ")}.`,
      exitCodes.usage,
    );
  const { containers } = await containersOf(machines, those);
  const container = containers.find((each) => each.service === service && each.state === "running");
  const machine = those.find(({ id }) => id === container?.machine);
  if (container !== undefined && machine !== undefined) return { machine, container };
  const known = [...new Set(containers.filter(({ state }) => state === "running").map((each) => each.service))].sort();
  throw new CliError(
    `No container of ${JSON.stringify(service)} runs${worker === undefined ? "" : ` on ${worker}`}. There run: ${known.join(", ") || "none"}.`,
  );
}

/** The command has said itself what was wrong. */
function ended(exitCode: number): void {
  if (exitCode !== 0) throw new CliError(`It ended with ${exitCode}.`, exitCode);
}
