import { join } from "node:path";
import { type FleetAtWork, withLocalFleet } from "@compose-fleet/cli/bring-up";
import {
  type LocalOptions,
  parseCount,
  parsePositiveRate,
  parseSeconds,
  pathOption,
  withLocalOptions,
} from "@compose-fleet/cli/options";
import type { CliContext } from "@compose-fleet/cli/run";
import { createWhClient } from "@compose-fleet/cli/wh-client";
import { reportFile } from "@compose-fleet/files";
import { sampleTarget, withConstantLoad } from "@compose-fleet/load";
import { CliError, messageOf, systemClock } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { type CycleResult, runCycle } from "../drain/run-cycle.ts";

interface DrainOptions extends LocalOptions {
  readonly json?: string;
  readonly cycles: number;
  readonly rate: number;
  readonly within: number;
}

const help = `
Examples:
  npm run bench:drain
  npm run bench:drain -- --cycles 4 --rate 200 --json drain.json

Exit codes:
  0    all cycles ran and no request failed
  1    requests failed, the fleet did not follow, or the time was up before the last cycle
  2    something is missing on this machine, or a usage error
  130  interrupted; nothing is left behind`;

const rampMs = 20_000;

/** `npm run bench:drain`: scale-ins and cancelled drains, one after the other, under constant load. */
export function benchDrainCommand(context: CliContext): Command {
  const command = new Command("drain")
    .description(
      "add a worker and take it out again under constant load, many times in a row, every second time cancelling the drain",
    )
    .addOption(pathOption("--json", "file", "write the results as JSON"))
    .addOption(new Option("--cycles <count>", "how often").default(20).argParser(parseCount))
    .addOption(
      new Option("--rate <rps>", "requests per second, all the time").default(300).argParser(parsePositiveRate),
    )
    .addOption(
      new Option("--within <duration>", "how long the cycles may take; those that no longer fit are left out")
        .default(1320, "22m")
        .argParser(parseSeconds),
    );
  return withLocalOptions(command, "fleet.chaos.yaml")
    .addHelpText("after", help)
    .action((options: DrainOptions) => benchDrain(context, options));
}

async function benchDrain(context: CliContext, options: DrainOptions): Promise<void> {
  const local = { ...options, fleet: options.fleet ?? join(context.root, "fleet.chaos.yaml") };
  const results: CycleResult[] = [];
  const file = await reportFile(options.json);
  const sum = (of: (result: CycleResult) => number) => results.reduce((total, result) => total + of(result), 0);
  try {
    await withLocalFleet(context, local, { hold: false }, (at) => cycles(context, options, at, results));
  } finally {
    // What was measured until then is worth having, also when a later cycle failed.
    if (results.length > 0) {
      await file.write(results);
      context.print(
        `${results.length} of ${options.cycles} cycles, ${sum(({ sent }) => sent)} requests, ${sum(({ failed }) => failed)} failed`,
      );
    }
  }
  const failed = sum((result) => result.failed);
  if (failed > 0) throw new CliError(`${failed} requests failed; none may.`);
  if (results.length < options.cycles)
    throw new CliError(
      `Only ${results.length} of ${options.cycles} cycles fit into ${options.within} s: ask for fewer, or give them longer with --within.`,
    );
}

/** Keeps up the load and runs cycle after cycle; adds a result per cycle. */
function cycles(
  { terminal, stop }: CliContext,
  { cycles: count, rate, within }: DrainOptions,
  { config, fleet, status }: FleetAtWork,
  results: CycleResult[],
): Promise<void> {
  const target = sampleTarget(config, fleet.endpoints.balancer);
  return withConstantLoad({ target, rps: rate, rampMs, stop }, async ({ counts, timeoutMs }) => {
    const wh = createWhClient(fleet.endpoints, fleet.apiToken);
    const startedAtMs = systemClock.nowMs();
    for (let number = 1; number <= count; number += 1) {
      const longest = Math.max(0, ...results.map(({ seconds }) => seconds));
      if ((systemClock.nowMs() - startedAtMs) / 1000 + longest > within) break;
      const kind = number % 2 === 1 ? "scale-in" : "cancelled drain";
      const step = terminal.progress.step(`cycle ${number} of ${count}: ${kind}`);
      const deps = {
        wh,
        cloud: status,
        counts,
        ...systemClock,
        stop,
        update: step.update,
      };
      try {
        const result = await runCycle(deps, kind, config.workers.min);
        results.push(result);
        const text = `${result.sent} sent, ${result.failed} failed`;
        if (result.failed === 0) step.done(text);
        else step.fail(text);
      } catch (error) {
        step.fail(messageOf(error));
        throw error;
      }
    }
    // What was under way when the last cycle ended is answered, or counted, before the load stops.
    await systemClock.sleep(timeoutMs + 1_000);
    const last = results.at(-1);
    const before = results.slice(0, -1).reduce((total, { failed }) => total + failed, 0);
    if (last !== undefined) results.splice(-1, 1, { ...last, failed: counts().failed - before });
  });
}
