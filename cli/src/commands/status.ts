import { systemClock } from "@compose-fleet/process";
import { Command } from "commander";
import type { CliContext } from "../run/context.ts";
import { columnsOf, watch } from "../run/watch.ts";
import { statusLines } from "../status/status-lines.ts";
import type { FleetTarget } from "../target/fleet-target.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

/** Changes that are shown. */
const SHOWN = 5;
/** Among so many decisions they are looked for: most of them only hold. */
const LOOKED_AT = 200;

/** `fleet status`: a fleet at a glance. */
export function statusCommand(context: CliContext): Command {
  return withTargetOptions(new Command("status"))
    .description("the fleet at a glance: workers, replicas, load, who leads, overrides, releases, the last decisions")
    .option("--watch", "go on showing it until Ctrl-C")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet status\n  fleet status --watch --aws\n  fleet status --json | jq .status.workers\n\nExit codes: 0 told, 1 no scaler answers, 2 no fleet, plugin or credentials, 130 interrupted.",
    )
    .action((options: { watch?: boolean; json?: boolean }, command: Command) =>
      withTarget(context, command, async (target) => {
        const look = async () => {
          const view = await viewOf(target);
          if (options.json) return [JSON.stringify(view, null, 2)];
          return statusLines({ ...view, nowMs: systemClock.nowMs(), columns: columnsOf(context.terminal) });
        };
        if (options.watch && !options.json) await watch(context, systemClock, look);
        for (const line of await look()) context.print(line);
      }),
    );
}

async function viewOf({ words, scaler }: FleetTarget) {
  const [status, all] = await Promise.all([scaler.status(), scaler.decisions(LOOKED_AT)]);
  return { words, status, decisions: all.filter(({ kind }) => kind !== "hold").slice(0, SHOWN) };
}
