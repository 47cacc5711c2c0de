import { systemClock } from "@compose-fleet/process";
import { decisionText, type Explained, type Explanation } from "@compose-fleet/wh-api";
import { Command } from "commander";
import type { CliContext } from "../run/context.ts";
import { watch } from "../run/watch.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

/** `fleet explain`: why each target is what it is. */
export function explainCommand(context: CliContext): Command {
  return withTargetOptions(new Command("explain"))
    .description("say why each target (workers, or the replicas of a service on a worker) is what it is")
    .argument("[target]", "workers, or replicas/WORKER/SERVICE (default: all)")
    .option("--watch", "go on showing it until Ctrl-C")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet explain\n  fleet explain workers --json\n  fleet explain --aws\n\nExit codes: 0 explained, 1 the scaler does not answer or does not know the target, 2 no fleet, plugin or credentials.",
    )
    .action((about: string | undefined, options: { watch?: boolean; json?: boolean }, command: Command) =>
      withTarget(context, command, async ({ scaler }) => {
        const look = async () => {
          const explanation = await scaler.explain(about);
          return options.json ? [JSON.stringify(explanation, null, 2)] : explanationText(explanation).split("\n");
        };
        if (options.watch && !options.json) await watch(context, systemClock, look);
        for (const line of await look()) context.print(line);
      }),
    );
}

/** The explanation for people. */
function explanationText({ tick, atMs, targets }: Explanation): string {
  return [`Tick ${tick}, ${timeOfDay(atMs)}`, ...targets.map(targetText)].join("\n");
}

function targetText({ decision, recommendations, inFlight, lastChange, troubles }: Explained): string {
  const values = recommendations.map((recommendation) => recommendation.value);
  const lines = [
    decisionText(decision),
    ...troubles.map((trouble) => `  ${trouble}`),
    ...(inFlight ? ["  an action on it is under way"] : []),
    ...(values.length > 0 ? [`  needed recently: at most ${Math.max(...values)}, last ${values.at(-1)}`] : []),
    ...(lastChange === null ? [] : [`  last change ${timeOfDay(lastChange.atMs)}: ${decisionText(lastChange)}`]),
  ];
  return lines.join("\n");
}

function timeOfDay(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} UTC`;
}
