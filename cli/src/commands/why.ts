import { systemClock } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { parseSince, type Since } from "../decisions/since.ts";
import type { CliContext } from "../run/context.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";
import { readSubject } from "../why/subject.ts";
import { containerLines, whyContainer } from "../why/why-container.ts";
import { whyWorker, workerLines } from "../why/why-worker.ts";

const help = `
Of a replica: exit code, memory, health, who told it to stop, the decision behind it, and its last lines (200, and no more than 18 kB). Each
worker writes that down as its containers end: 14 days, 20 MB at most, as long as the worker is there. Of a worker: what the scaler decided, what
the group says, and on AWS the last lines of its containers.

Examples:
  fleet why i-0123456789abcdef0
  fleet why i-0123456789abcdef0/service-a-2
  fleet why service-a --aws

Exit codes: 0 told, 1 nobody knows, or no scaler answers, 2 usage error, or no fleet, plugin or credentials.`;

/** `fleet why`: why a worker or a replica is there, or is gone. */
export function whyCommand(context: CliContext): Command {
  return withTargetOptions(new Command("why"))
    .description("why a worker or a replica is there, or is gone, with its last lines")
    .argument("<what>", "a worker's id, a service, a replica such as service-a-2, or a container's id; WORKER/REPLICA")
    .addOption(
      new Option("--since <time>", "how far back to look for a worker")
        .default(parseSince("7d"), "7d")
        .argParser(parseSince),
    )
    .option("--json", "print it as JSON")
    .addHelpText("after", help)
    .action((what: string, options: { since: Since; json?: boolean }, command: Command) =>
      withTarget(context, command, async (target) => {
        const subject = readSubject(target.config, what);
        const nowMs = systemClock.nowMs();
        const { signal } = new AbortController();
        const { answer, lines } =
          subject.kind === "worker"
            ? await whyWorker(target, subject.worker, { sinceMs: options.since(nowMs), nowMs, signal }).then(
                (answer) => ({
                  answer,
                  lines: workerLines(answer, nowMs),
                }),
              )
            : await whyContainer(target, subject).then((answer) => ({ answer, lines: containerLines(answer, nowMs) }));
        for (const line of options.json ? [JSON.stringify(answer, null, 2)] : lines) context.print(line);
      }),
    );
}
