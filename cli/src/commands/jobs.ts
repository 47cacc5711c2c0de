import { randomBytes } from "node:crypto";
import { runIdAt } from "@compose-fleet/releases";
import type { JobRunView, JobsAnswer } from "@compose-fleet/wh-api";
import { Command } from "commander";
import { waitForJob } from "../jobs/wait-for-job.ts";
import { optionsOf } from "../options/options-of.ts";
import { author } from "../release/author.ts";
import type { CliContext } from "../run/context.ts";
import { targetRule, withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

const EXIT_CODES =
  "Exit codes: 0 told, or the job ended well; 1 it failed, or the scaler does not answer; 2 no such job, no fleet, plugin or credentials; 130 interrupted, the job goes on.";

/** `fleet jobs`: what runs to its end instead of serving. */
export function jobsCommand(context: CliContext): Command {
  return withTargetOptions(new Command("jobs"))
    .description("the fleet's jobs: when each runs next, and how it ended last; run one now")
    .option("--json", "print them as JSON")
    .addHelpText(
      "after",
      `\n${targetRule}\n\nExamples:\n  fleet jobs\n  fleet jobs history --json\n  fleet jobs run nightly\n\n${EXIT_CODES}`,
    )
    .action((options: { json?: boolean }, command: Command) =>
      withTarget(context, command, async ({ scaler }) => {
        const answer = await scaler.jobs();
        context.print(options.json ? JSON.stringify(answer.jobs, null, 2) : jobsText(answer));
      }),
    )
    .addCommand(historyCommand(context))
    .addCommand(runCommand(context));
}

function historyCommand(context: CliContext): Command {
  return withTargetOptions(new Command("history"))
    .description("the newest runs of all jobs, newest first")
    .option("--json", "print them as JSON")
    .addHelpText("after", `\nExamples:\n  fleet jobs history\n  fleet jobs history --aws --json\n\n${EXIT_CODES}`)
    .action((_options: object, command: Command) =>
      withTarget(context, command, async ({ scaler }) => {
        const { runs } = await scaler.jobs();
        context.print(optionsOf<{ json?: boolean }>(command).json ? JSON.stringify(runs, null, 2) : historyText(runs));
      }),
    );
}

function runCommand(context: CliContext): Command {
  return withTargetOptions(new Command("run"))
    .description("run a job now, with the release that the workers run, and wait for its end")
    .argument("<job>", "name of the job in the fleet file")
    .option("--json", "print the run as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  fleet jobs run nightly\n  fleet jobs run nightly --aws --json\n\n${EXIT_CODES}`,
    )
    .action((name: string, _options: object, command: Command) =>
      withTarget(context, command, async ({ scaler, words }) => {
        const id = runIdAt(new Date().toISOString(), randomBytes(4).toString("hex"));
        const run = await waitForJob(
          { scaler, progress: context.terminal.progress, stop: context.stop, words },
          { name, id, by: author() },
        );
        if (optionsOf<{ json?: boolean }>(command).json) context.print(JSON.stringify(run, null, 2));
      }),
    );
}

function jobsText({ jobs }: JobsAnswer): string {
  if (jobs.length === 0) return "The fleet file has no jobs: docs/services.md says how to write one.";
  return table(
    ["job", "service", "when", "next", "last"],
    jobs.map(({ name, service, when, nextAtMs, last }) => [
      name,
      service,
      when,
      nextAtMs === null ? "-" : timeOf(nextAtMs),
      last === null ? "never" : `${last.state} ${timeOf(last.atMs)}`,
    ]),
  );
}

function historyText(runs: readonly JobRunView[]): string {
  if (runs.length === 0) return "No job has run yet.";
  return table(
    ["at", "job", "run", "state", "worker", "by", "words"],
    runs.map(({ atMs, job, id, state, worker, by, words }) => [
      timeOf(atMs),
      job,
      id,
      state,
      worker ?? "-",
      by,
      (words ?? "").slice(0, 80),
    ]),
  );
}

/** Columns to the left, two blanks between them. */
function table(title: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = title.map((_, column) => Math.max(...[title, ...rows].map((row) => row[column]?.length ?? 0)));
  return [title, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
