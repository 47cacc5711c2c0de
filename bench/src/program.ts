import type { CliContext } from "@compose-fleet/cli/run";
import { programOf } from "@compose-fleet/cli/run";
import type { Command } from "commander";
import { chaosCommand } from "./commands/chaos.ts";
import { checkExamplesCommand } from "./commands/check-examples.ts";
import { benchDrainCommand } from "./commands/drain.ts";
import { benchReactionCommand } from "./commands/reaction.ts";
import { recordDemoCommand } from "./commands/record-demo.ts";
import { benchReleaseCommand } from "./commands/release.ts";
import { benchSimulateCommand } from "./commands/simulate.ts";
import { benchWebSocketCommand } from "./commands/websocket.ts";

/** What measures Compose Fleet itself, apart from what its users need: `npm run chaos`, `npm run bench:drain` and so on. */
export function createBenchProgram(context: CliContext): Command {
  return programOf({
    name: "fleet-bench",
    version: context.version,
    epilogue:
      "\nExit codes: 0 done, 1 what was measured broke a promise, or something failed, 2 set-up missing or usage error, 130 interrupted.",
    description:
      "Measures Compose Fleet on this machine: faults, drains, reactions and releases under load, WebSockets, and simulations.",
    commands: [
      chaosCommand(context),
      benchDrainCommand(context),
      benchReactionCommand(context),
      benchReleaseCommand(context),
      benchSimulateCommand(context),
      benchWebSocketCommand(context),
      recordDemoCommand(context),
      checkExamplesCommand(context),
    ],
  });
}
