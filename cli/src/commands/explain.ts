import { findLocalFleet } from "@compose-fleet/local-fleet/session";
import { decisionText, type Explained, type Explanation } from "@compose-fleet/wh-api";
import { Command } from "commander";
import { localNameOption } from "../options/local-name.ts";
import type { CliContext } from "../run/context.ts";
import { createWhClient } from "../wh-client/wh-client.ts";

/** `fleet explain`: why each target is what it is. */
export function explainCommand(context: CliContext): Command {
  return new Command("explain")
    .description("say why each target (workers, or the replicas of a service on a worker) is what it is")
    .argument("[target]", "workers, or replicas/WORKER/SERVICE (default: all)")
    .addOption(localNameOption())
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet explain\n  fleet explain workers --json\n\nExit codes: 0 explained, 1 the scaler does not answer or does not know the target, 2 no local fleet.",
    )
    .action(async (target: string | undefined, options: { name?: string; json?: boolean }) => {
      const { endpoints, apiToken } = await findLocalFleet(context.root, options.name);
      const explanation = await createWhClient(endpoints, apiToken).explain(target);
      context.print(options.json ? JSON.stringify(explanation, null, 2) : explanationText(explanation));
    });
}

/** The explanation for people. */
function explanationText({ tick, atMs, targets }: Explanation): string {
  return [`Tick ${tick}, ${timeOfDay(atMs)}`, ...targets.map(targetText)].join("\n");
}

function targetText({ decision, recommendations, inFlight, lastChange }: Explained): string {
  const values = recommendations.map((recommendation) => recommendation.value);
  const lines = [
    decisionText(decision),
    ...(inFlight ? ["  an action on it is under way"] : []),
    ...(values.length > 0 ? [`  needed recently: at most ${Math.max(...values)}, last ${values.at(-1)}`] : []),
    ...(lastChange === null ? [] : [`  last change ${timeOfDay(lastChange.atMs)}: ${decisionText(lastChange)}`]),
  ];
  return lines.join("\n");
}

function timeOfDay(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} UTC`;
}
