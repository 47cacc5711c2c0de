import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetConfig } from "@compose-fleet/policy";
import { Command, Option } from "commander";
import { CliError, InterruptedError } from "../cli-error.ts";
import type { CliContext } from "../context.ts";
import { type CycleResult, runCycle } from "../drain-cycles/run-cycle.ts";
import { type LoadProcess, startLoad } from "../load/load-process.ts";
import { bringUp } from "../local/bring-up.ts";
import { controlStatus } from "../local/control.ts";
import type { LocalFleetProcess } from "../local/daemon.ts";
import { parseCount, parsePositiveRate } from "../parse-values.ts";
import { createWhPair } from "../wh-client/wh-pair.ts";
import { loadDefaults } from "./local-load.ts";
import { type LocalOptions, withLocalOptions } from "./local-options.ts";

interface DrainOptions extends LocalOptions {
  readonly json?: string;
  readonly cycles: number;
  readonly rate: number;
}

const help = `
Examples:
  fleet bench-drain
  fleet bench-drain --cycles 4 --rate 200 --json drain.json

Exit codes:
  0    no request failed
  1    requests failed, or the fleet did not follow
  2    something is missing on this machine, or a usage error
  130  interrupted; nothing is left behind`;

const rampMs = 20_000;
const loadHours = 4;

/** `fleet bench-drain`: scale-ins and cancelled drains, one after the other, under constant load. */
export function benchDrainCommand(context: CliContext): Command {
  const command = new Command("bench-drain")
    .description(
      "add a worker and take it out again under constant load, many times in a row, every second time cancelling the drain",
    )
    .option("--json <file>", "write the results as JSON")
    .addOption(new Option("--cycles <count>", "how often").default(20).argParser(parseCount))
    .addOption(
      new Option("--rate <rps>", "requests per second, all the time").default(300).argParser(parsePositiveRate),
    );
  return withLocalOptions(command)
    .addHelpText("after", help)
    .action((options: DrainOptions) => benchDrain(context, options));
}

async function benchDrain(context: CliContext, options: DrainOptions): Promise<void> {
  const { terminal, stop, root } = context;
  const local = { ...options, fleet: options.fleet ?? join(root, "fleet.chaos.yaml") };
  const results: CycleResult[] = [];
  let process: LocalFleetProcess | undefined;
  let load: LoadProcess | undefined;
  try {
    const up = await bringUp(context, local, { hold: false, detached: false });
    process = up.process;
    const onLoad = (started: LoadProcess) => {
      load = started;
    };
    await Promise.race([process.died, cycles(context, options, up.config, process, onLoad, results)]);
  } catch (error) {
    if (stop.aborted) throw new InterruptedError();
    if (process !== undefined) terminal.progress.note(await process.logTail());
    throw error;
  } finally {
    load?.kill();
    await process?.stop();
  }
  if (options.json !== undefined) await writeFile(resolve(options.json), `${JSON.stringify(results, null, 2)}\n`);
  const sum = (of: (result: CycleResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const failed = sum((result) => result.failed);
  context.print(`${results.length} cycles, ${sum((result) => result.sent)} requests, ${failed} failed`);
  if (failed > 0) throw new CliError(`${failed} requests failed; none may.`);
}

async function cycles(
  context: CliContext,
  { cycles: count, rate }: DrainOptions,
  config: FleetConfig,
  { fleet }: LocalFleetProcess,
  onLoad: (load: LoadProcess) => void,
  results: CycleResult[],
): Promise<void> {
  const { root, terminal, stop } = context;
  const [service] = Object.values(config.services);
  if (service === undefined) throw new CliError("The fleet has no service to send requests to.");
  let counts = { sent: 0, failed: 0 };
  const load = startLoad(
    {
      ...loadDefaults,
      target: `${fleet.endpoints.balancer}${service.path}hello`,
      profile: [
        { durationMs: rampMs, fromRps: 0, toRps: rate },
        { durationMs: loadHours * 3_600_000, fromRps: rate, toRps: rate },
      ],
    },
    ({ total }) => {
      counts = total;
    },
  );
  onLoad(load);
  const ended = load.finished.then(() => Promise.reject(new CliError("The load ended before the last cycle.")));
  ended.catch(() => {});
  await sleep(rampMs);
  const wh = createWhPair(fleet.endpoints, fleet.apiToken);
  for (let number = 1; number <= count; number += 1) {
    const kind = number % 2 === 1 ? "scale-in" : "cancelled drain";
    const step = terminal.progress.step(`cycle ${number} of ${count}: ${kind}`);
    const deps = {
      wh,
      cloud: async () => {
        const found = await controlStatus(root, config.name);
        if (found === undefined) throw new CliError("The local fleet's process does not answer.");
        return found;
      },
      counts: () => counts,
      nowMs: () => Date.now(),
      sleep: (ms: number) => sleep(ms),
      stop,
      update: step.update,
    };
    try {
      const result = await Promise.race([ended, runCycle(deps, kind, config.workers.min)]);
      results.push(result);
      const text = `${result.sent} sent, ${result.failed} failed (${result.seconds} s)`;
      if (result.failed === 0) step.done(text);
      else step.fail(text);
    } catch (error) {
      step.fail(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
  // What was under way when the last cycle ended is answered, or counted, before the load stops.
  await sleep(loadDefaults.timeoutMs);
  const last = results.at(-1);
  const before = results.slice(0, -1).reduce((total, { failed }) => total + failed, 0);
  if (last !== undefined) results.splice(-1, 1, { ...last, failed: counts.failed - before });
}
