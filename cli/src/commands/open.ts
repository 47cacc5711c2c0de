import { Command, Option } from "commander";
import type { CliContext } from "../run/context.ts";
import { openInBrowser } from "../run/open-in-browser.ts";
import { type Console, consoles, type FleetTarget } from "../target/fleet-target.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

const help = `
On AWS the consoles are behind Session Manager: the command opens the way to them and stays until Ctrl-C, which closes it.

Examples:
  fleet open
  fleet open console
  fleet open prometheus
  fleet open grafana --aws

Exit codes: 0 done, 1 a console cannot be reached, 2 no fleet, plugin or credentials, 130 closed by Ctrl-C.`;

/** `fleet open`: where a fleet's consoles answer on this machine. */
export function openCommand(context: CliContext): Command {
  return withTargetOptions(new Command("open"))
    .description("print where the fleet's consoles answer, or open one of them in the browser")
    .addArgument(new Command().createArgument("[console]", "which one to open (default: print all)").choices(consoles))
    .addOption(new Option("--json", "print the addresses as JSON"))
    .addHelpText("after", help)
    .action((which: Console | undefined, options: { json?: boolean }, self: Command) =>
      withTarget(context, self, async (target) => {
        const names = which === undefined ? consoles : [which];
        const addresses = await Promise.all(names.map(async (name) => [name, await addressOf(target, name)] as const));
        if (options.json) context.print(JSON.stringify(Object.fromEntries(addresses), null, 2));
        else if (which === undefined)
          for (const [name, address] of addresses) context.print(`${name.padEnd(13)} ${address}`);
        else for (const [, address] of addresses) await openInBrowser(context, address);
        if (target.stop !== undefined && which !== "site") await untilAborted(context, target.stop);
      }),
    );
}

async function addressOf(target: FleetTarget, name: Console): Promise<string> {
  const address = await target.address(name);
  return name === "wh" ? `${address}/metrics` : address;
}

async function untilAborted({ terminal }: CliContext, stop: AbortSignal): Promise<void> {
  terminal.progress.note("Open until Ctrl-C.");
  // A promise alone does not keep the process.
  const timer = setInterval(() => undefined, 60_000);
  await new Promise((resolve) => stop.addEventListener("abort", resolve, { once: true }));
  clearInterval(timer);
}
