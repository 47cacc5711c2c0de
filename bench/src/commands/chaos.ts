import { join } from "node:path";
import { type FleetAtWork, withLocalFleet } from "@compose-fleet/cli/bring-up";
import { type LocalOptions, parseRate, parseSeconds, pathOption, withLocalOptions } from "@compose-fleet/cli/options";
import type { CliContext } from "@compose-fleet/cli/run";
import { createWhClient } from "@compose-fleet/cli/wh-client";
import { reportFile } from "@compose-fleet/files";
import type { FleetConfig } from "@compose-fleet/fleet";
import { sampleTarget, withConstantLoad } from "@compose-fleet/load";
import type { FaultName } from "@compose-fleet/local-fleet/session";
import { controlSocketOf, createFaultClient } from "@compose-fleet/local-fleet/session";
import { CliError, messageOf, systemClock } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { createAwsHistory } from "../chaos/aws-history.ts";
import { readSessions } from "../chaos/balancer-sessions.ts";
import type { ChaosFleet } from "../chaos/chaos-fleet.ts";
import { allRuns, quickFaults } from "../chaos/faults.ts";
import { parseFaultSets } from "../chaos/parse-fault-sets.ts";
import { brokenBounds, type JudgedRun, resultTable } from "../chaos/result.ts";
import { runFaults } from "../chaos/run-faults.ts";

interface ChaosOptions extends LocalOptions {
  readonly json?: string;
  readonly only?: readonly (readonly FaultName[])[];
  readonly quick?: boolean;
  readonly rate: number;
  readonly for: number;
}

const help = `
Examples:
  npm run chaos
  npm run chaos -- --quick
  npm run chaos -- --only kill-wh,cut-worker+aws-throttled --json chaos.json

Exit codes:
  0    every run kept every promise: no request failed on a healthy worker, and on a lost one only until 1 s after its target was
       unhealthy; back at target within 60 s; no action doubled; never below the minimum or above the maximum; people told once
  1    a promise was broken, or something failed
  2    something is missing on this machine, or a usage error
  130  interrupted; nothing is left behind`;

const rampMs = 15_000;
const timeoutMs = 5_000;

/** `npm run chaos`: faults under constant load, and what they cost. */
export function chaosCommand(context: CliContext): Command {
  const command = new Command("chaos")
    .description(
      "break a fleet on this machine under constant load, one fault after the other and in pairs, and show what it cost",
    )
    .addOption(pathOption("--json", "file", "write the results as JSON"))
    .addOption(
      new Option("--only <faults>", "these only, with commas between runs and + between faults of one run").argParser(
        parseFaultSets,
      ),
    )
    .option("--quick", "three faults instead of all and the pairs")
    .addOption(new Option("--rate <rps>", "requests per second, all the time").default(200).argParser(parseRate))
    .addOption(new Option("--for <duration>", "how long each fault lasts").default(20).argParser(parseSeconds));
  return withLocalOptions(command, "fleet.chaos.yaml")
    .addHelpText("after", help)
    .action((options: ChaosOptions) => chaos(context, options));
}

async function chaos(context: CliContext, options: ChaosOptions): Promise<void> {
  const runs: JudgedRun[] = [];
  const file = await reportFile(options.json);
  const local = { ...options, fleet: options.fleet ?? join(context.root, "fleet.chaos.yaml") };
  try {
    await withLocalFleet(context, local, { hold: false, queriesByGate: true }, (at) =>
      breakIt(context, options, at, runs),
    );
  } finally {
    // What was measured until then is worth having, also when the rest failed.
    if (runs.length > 0) {
      context.print(resultTable(runs));
      await file.write(runs.map(({ result }) => result));
    }
  }
  const broken = runs.flatMap((run) =>
    brokenBounds(run).map(
      (text) =>
        `  ${run.result.faults.join(" + ")}: ${text}${run.result.failed > 0 ? ` ${JSON.stringify(run.failedBy)}` : ""}`,
    ),
  );
  if (broken.length > 0) throw new CliError(["Promises were broken:", ...broken].join("\n"));
}

/** A fault that strikes before the scaler has seen all of the load would be judged by a fleet that was not made for it yet. */
async function untilLoadIsSeen({ terminal, stop }: CliContext, { scaling }: FleetConfig): Promise<void> {
  const step = terminal.progress.step("load");
  step.update("until the scaler has seen it");
  await systemClock.sleep((scaling.metrics.rateWindowSeconds + scaling.workers.demandWindowSeconds) * 1000, stop);
  step.done("the scaler has seen it");
}

/** Keeps up the load and breaks the fleet, run after run; adds a result per run. */
function breakIt(
  context: CliContext,
  options: ChaosOptions,
  { config, fleet, status }: FleetAtWork,
  results: JudgedRun[],
): Promise<void> {
  const { root, terminal, stop, machine } = context;
  const boundsOf = (name: string) => {
    const [, serviceName] = name.split("/");
    const { min, max } =
      serviceName === undefined ? config.workers : (config.services[serviceName]?.replicas ?? config.workers);
    return { min, max };
  };
  const services = Object.keys(config.services).length;
  // The load balancer has to know its clients' ports, by which a failure is found in its log.
  const target = sampleTarget(config, fleet.endpoints.balancerProxy);
  return withConstantLoad({ target, proxyProtocol: true, rps: options.rate, rampMs, timeoutMs, stop }, async (load) => {
    const history = createAwsHistory(await status());
    const client = createFaultClient(controlSocketOf(root, config.name));
    const chaosFleet: ChaosFleet = {
      status,
      wh: createWhClient(fleet.endpoints, fleet.apiToken),
      faults: client,
      messages: () => client.messages(),
      history,
      sessionsSince: (atMs) => readSessions(machine.runner, config.name, atMs),
      load,
    };
    try {
      await untilLoadIsSeen(context, config);
      for (const faults of options.only ?? (options.quick ? quickFaults : allRuns())) {
        const step = terminal.progress.step(faults.join(" + "));
        const deps = {
          fleet: chaosFleet,
          ...systemClock,
          stop,
          update: step.update,
        };
        try {
          const run = await runFaults(deps, { faults, seconds: options.for, services, boundsOf });
          results.push(run);
          const { result } = run;
          const broken = brokenBounds(run);
          const text = `${result.sent} sent, ${result.failed} failed (${result.failedOnDeadWorker} on a lost worker), back after ${result.recoverySeconds ?? "never"} s`;
          if (broken.length === 0) step.done(text);
          else {
            step.fail(`${text}; ${broken.join("; ")} ${JSON.stringify(run.failedBy)}`);
            // What the fleet noticed by itself may be the cause: a launch that failed, a load balancer that lost its port.
            for (const line of run.heard) terminal.progress.note(`  people heard: ${line}`);
            for (const problem of (await status()).problems)
              terminal.progress.note(`  noticed by the fleet: ${problem}`);
          }
        } catch (error) {
          step.fail(messageOf(error));
          throw error;
        }
      }
    } finally {
      history.close();
    }
  });
}
