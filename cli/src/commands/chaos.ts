import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetConfig } from "@compose-fleet/policy";
import { Command, Option } from "commander";
import { createAwsHistory } from "../chaos/aws-history.ts";
import { parseSessions } from "../chaos/balancer-sessions.ts";
import { createFaultClient } from "../chaos/fault-client.ts";
import { allRuns, type FaultName, quickFaults } from "../chaos/faults.ts";
import { parseFaultSets } from "../chaos/parse-fault-sets.ts";
import { requestBytes } from "../chaos/request-bytes.ts";
import { brokenBounds, type JudgedRun, resultTable } from "../chaos/result.ts";
import { type ChaosFleet, runFaults } from "../chaos/run-faults.ts";
import { CliError, InterruptedError } from "../cli-error.ts";
import type { CliContext } from "../context.ts";
import { type LoadProcess, startLoad } from "../load/load-process.ts";
import type { LoadFailure } from "../load/messages.ts";
import { bringUp } from "../local/bring-up.ts";
import { controlSocketOf, controlStatus } from "../local/control.ts";
import type { LocalFleetProcess } from "../local/daemon.ts";
import { parseRate, parseSeconds } from "../parse-values.ts";
import { createWhPair } from "../wh-client/wh-pair.ts";
import { loadDefaults } from "./local-load.ts";
import { type LocalOptions, withLocalOptions } from "./local-options.ts";

interface ChaosOptions extends LocalOptions {
  readonly json?: string;
  readonly only?: readonly (readonly FaultName[])[];
  readonly quick?: boolean;
  readonly rate: number;
  readonly for: number;
}

const help = `
Examples:
  fleet chaos
  fleet chaos --quick
  fleet chaos --only kill-wh,cut-worker+aws-throttled --json chaos.json

Exit codes:
  0    every run kept every promise: no request failed on a healthy worker, and on a lost one only until 1 s after its target was
       unhealthy; back at target within 60 s; no action doubled; never below the minimum or above the maximum
  1    a promise was broken, or something failed
  2    something is missing on this machine, or a usage error
  130  interrupted; nothing is left behind`;

/** Longer than any run of all faults. */
const loadHours = 4;
const rampMs = 15_000;
const timeoutMs = 5_000;

/** `fleet chaos`: faults under constant load, and what they cost. */
export function chaosCommand(context: CliContext): Command {
  const command = new Command("chaos")
    .description(
      "break a fleet on this machine under constant load, one fault after the other and in pairs, and show what it cost",
    )
    .option("--json <file>", "write the results as JSON")
    .addOption(
      new Option("--only <faults>", "these only, with commas between runs and + between faults of one run").argParser(
        parseFaultSets,
      ),
    )
    .option("--quick", "three faults instead of all and the pairs")
    .addOption(new Option("--rate <rps>", "requests per second, all the time").default(200).argParser(parseRate))
    .addOption(new Option("--for <duration>", "how long each fault lasts").default(20).argParser(parseSeconds));
  return withLocalOptions(command)
    .addHelpText("after", help)
    .action((options: ChaosOptions) => chaos(context, options));
}

async function chaos(context: CliContext, options: ChaosOptions): Promise<void> {
  const runs: JudgedRun[] = [];
  try {
    await withFleet(context, options, runs);
  } finally {
    // What was measured until then is worth having, also when the rest failed.
    if (runs.length > 0) {
      context.print(resultTable(runs));
      if (options.json !== undefined)
        await writeFile(
          resolve(options.json),
          `${JSON.stringify(
            runs.map(({ result }) => result),
            null,
            2,
          )}\n`,
        );
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

/** Brings a fleet up, adds a result per run and, whatever happens, takes everything down again. */
async function withFleet(context: CliContext, options: ChaosOptions, results: JudgedRun[]): Promise<void> {
  const { terminal, stop, root } = context;
  const local = { ...options, fleet: options.fleet ?? join(root, "fleet.chaos.yaml") };
  let process: LocalFleetProcess | undefined;
  let load: LoadProcess | undefined;
  try {
    const up = await bringUp(context, local, { hold: false, detached: false });
    process = up.process;
    const onLoad = (started: LoadProcess) => {
      load = started;
    };
    await Promise.race([process.died, breakIt(context, options, up.config, process, onLoad, results)]);
  } catch (error) {
    if (stop.aborted) throw new InterruptedError();
    if (process !== undefined) terminal.progress.note(await process.logTail());
    throw error;
  } finally {
    load?.kill();
    await process?.stop();
  }
}

async function breakIt(
  context: CliContext,
  options: ChaosOptions,
  config: FleetConfig,
  { fleet, died }: LocalFleetProcess,
  onLoad: (load: LoadProcess) => void,
  results: JudgedRun[],
): Promise<void> {
  const { root, terminal, stop, machine } = context;
  const [service] = Object.values(config.services);
  if (service === undefined) throw new CliError("The fleet has no service to send requests to.");
  const target = `${fleet.endpoints.balancer}${service.path}hello`;
  const failures: LoadFailure[] = [];
  let sent = 0;
  const load = startLoad(
    {
      ...loadDefaults,
      timeoutMs,
      target,
      profile: [
        { durationMs: rampMs, fromRps: 0, toRps: options.rate },
        { durationMs: loadHours * 3_600_000, fromRps: options.rate, toRps: options.rate },
      ],
    },
    (second) => {
      sent = second.total.sent;
    },
    (failure) => failures.push(failure),
  );
  onLoad(load);
  const status = async () => {
    const found = await controlStatus(root, config.name);
    if (found === undefined) throw new CliError("The local fleet's process does not answer.");
    return found;
  };
  const first = await status();
  const history = createAwsHistory(first);
  const chaosFleet: ChaosFleet = {
    status,
    wh: createWhPair(first.endpoints, fleet.apiToken),
    faults: createFaultClient(controlSocketOf(root, config.name)),
    history,
    sessionsSince: async (atMs) => {
      const since = new Date(atMs).toISOString();
      const log = await machine.runner.run({
        file: "docker",
        args: ["logs", "--since", since, `compose-fleet-${config.name}-lb`],
        timeoutMs: 30_000,
      });
      return parseSessions(log.stdout);
    },
    load: {
      sent: () => sent,
      failures: () => failures,
      timeoutMs,
      bytesPerRequest: requestBytes(new URL(target), loadDefaults.body),
    },
  };
  const boundsOf = (name: string) => {
    const [, serviceName] = name.split("/");
    const { min, max } =
      serviceName === undefined ? config.workers : (config.services[serviceName]?.replicas ?? config.workers);
    return { min, max };
  };
  const services = Object.keys(config.services).length;
  const overload = load.finished.then(() => Promise.reject(new CliError("The load ended before the last run.")));
  overload.catch(() => {});
  await sleep(rampMs);
  try {
    for (const faults of options.only ?? (options.quick ? quickFaults : allRuns())) {
      const step = terminal.progress.step(faults.join(" + "));
      const deps = {
        fleet: chaosFleet,
        nowMs: () => Date.now(),
        sleep: (ms: number) => sleep(ms),
        stop,
        update: step.update,
      };
      try {
        const run = await Promise.race([
          died,
          overload,
          runFaults(deps, { faults, seconds: options.for, services, boundsOf }),
        ]);
        results.push(run);
        const { result } = run;
        const broken = brokenBounds(run);
        const text = `${result.sent} sent, ${result.failed} failed (${result.failedOnDeadWorker} on a lost worker), back after ${result.recoverySeconds ?? "never"} s`;
        if (broken.length === 0) step.done(text);
        else step.fail(`${text}; ${broken.join("; ")} ${JSON.stringify(run.failedBy)}`);
      } catch (error) {
        step.fail(error instanceof Error ? error.message : String(error));
        throw error;
      }
    }
  } finally {
    history.close();
  }
}
