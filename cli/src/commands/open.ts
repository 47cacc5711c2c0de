import { findLocalFleet } from "@compose-fleet/local-fleet/session";
import { command } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { localNameOption } from "../options/local-name.ts";
import type { CliContext } from "../run/context.ts";

const consoles = ["site", "wh", "prometheus", "alertmanager"] as const;
type Console = (typeof consoles)[number];

/** `fleet open`: the endpoints of the local fleet's consoles. */
export function openCommand(context: CliContext): Command {
  return new Command("open")
    .description("print the endpoints of the local fleet's consoles, or open one of them in the browser")
    .addArgument(new Command().createArgument("[console]", "which one to open (default: print all)").choices(consoles))
    .addOption(localNameOption())
    .addOption(new Option("--json", "print the endpoints as JSON"))
    .addHelpText("after", "\nExamples:\n  fleet open\n  fleet open prometheus\n\nExit codes: 0 done, 2 no local fleet.")
    .action(async (which: Console | undefined, options: { name?: string; json?: boolean }) => {
      const { endpoints, cloud } = await findLocalFleet(context.root, options.name);
      const urls: Record<Console, string> = {
        site: endpoints.balancer,
        wh: `${endpoints.wh}/metrics`,
        prometheus: endpoints.prometheus,
        alertmanager: endpoints.alertmanager,
      };
      if (options.json)
        return context.print(
          JSON.stringify({ ...urls, api: `${endpoints.wh}/api`, apiTokenFile: cloud.secretFiles.apiToken }, null, 2),
        );
      if (which === undefined) {
        for (const name of consoles) context.print(`${name.padEnd(13)} ${urls[name]}`);
        // For overrides and whatever else curl asks: docs/cli.md has the commands.
        context.print(`${"wh's API".padEnd(13)} ${endpoints.wh}/api, bearer token in ${cloud.secretFiles.apiToken}`);
        return;
      }
      context.print(urls[which]);
      const opener = context.machine.host.platform === "darwin" ? "open" : "xdg-open";
      const result = await context.machine.runner.run({ ...command(opener, urls[which]), timeoutMs: 10_000 });
      if (result.exitCode !== 0)
        context.terminal.progress.note(`No browser could be opened here (${opener}): open the address yourself.`);
    });
}
