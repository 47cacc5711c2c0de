import { systemClock } from "@compose-fleet/process";
import { decisionText } from "@compose-fleet/wh-api";
import { Command, Option } from "commander";
import { readAudit } from "../decisions/audit.ts";
import { csvHead, csvLine } from "../decisions/decisions-csv.ts";
import { parseSince, type Since } from "../decisions/since.ts";
import type { CliContext } from "../run/context.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

interface DecisionsOptions {
  readonly since: Since;
  readonly holds?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
}

const help = `
The audit is in the fleet's state table for 90 days. Without --holds only what was to be changed is told.

Examples:
  fleet decisions
  fleet decisions workers --since 3d
  fleet decisions --since 2026-03-01T22:00:00Z --csv > night.csv
  fleet decisions --since 30d --json --aws

Exit codes: 0 told, 1 no scaler answers, or the table cannot be read, 2 usage error, or no fleet, plugin or credentials.`;

/** `fleet decisions`: the audit trail, newest first. */
export function decisionsCommand(context: CliContext): Command {
  return withTargetOptions(new Command("decisions"))
    .description("what was decided, why, and what became of it: the audit trail of 90 days, newest first")
    .argument("[target]", "workers, or replicas/WORKER/SERVICE (default: all)")
    .addOption(
      new Option("--since <time>", 'how long ago ("30m", "3d"), or a time ("2026-03-01T22:00:00Z")')
        .default(parseSince("24h"), "24h")
        .argParser(parseSince),
    )
    .option("--holds", "also what was left as it was")
    .addOption(new Option("--json", "print a JSON array").conflicts("csv"))
    .option("--csv", "print CSV with a head line")
    .addHelpText("after", help)
    .action((about: string | undefined, options: DecisionsOptions, command: Command) =>
      withTarget(context, command, async ({ scaler }) => {
        const nowMs = systemClock.nowMs();
        const { print } = context;
        const { json, csv, holds } = options;
        const span = { sinceMs: Math.max(0, options.since(nowMs)), untilMs: nowMs + 1, target: about };
        let count = 0;
        if (csv) print(csvHead);
        // As they come: 90 days of them need not fit into the memory.
        for await (const decision of readAudit(scaler, span)) {
          if (decision.kind === "hold" && !holds) continue;
          if (csv) print(csvLine(decision));
          else if (json) print(`${count === 0 ? "[" : ","}\n${JSON.stringify(decision)}`);
          else print(`${new Date(decision.atMs).toISOString().slice(0, 19)}Z  ${decisionText(decision)}`);
          count += 1;
        }
        if (json) print(count === 0 ? "[]" : "]");
        if (count === 0 && !json && !csv)
          print(`Nothing was changed since then${holds ? "" : " (--holds tells the rest)"}.`);
      }),
    );
}
