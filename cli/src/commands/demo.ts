import { availableParallelism } from "node:os";
import { join } from "node:path";
import { reportFile } from "@compose-fleet/files";
import { type FleetConfig, httpServices } from "@compose-fleet/fleet";
import { type LoadProcess, loadDefaults, startLoad } from "@compose-fleet/load";
import { CliError, InterruptedError, systemClock } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { type FleetAtWork, withLocalFleet } from "../bring-up/with-local-fleet.ts";
import { createLiveScreen } from "../demo/live-screen.ts";
import { readCpuTimes } from "../demo/machine-cpu.ts";
import { type DemoLoad, defaultRps, demoProfile, fullRps } from "../demo/phases.ts";
import { buildReport, type Report } from "../demo/report.ts";
import { summaryText } from "../demo/summary.ts";
import { timingDifferences } from "../demo/timing-diff.ts";
import { checksOf } from "../demo/verdict.ts";
import { waitForMinimum } from "../demo/wait-for-minimum.ts";
import { watchRun } from "../demo/watch-run.ts";
import { type LocalOptions, withLocalOptions } from "../options/local-options.ts";
import { parsePositiveRate, parseRate, parseSeconds } from "../options/parse-values.ts";
import { pathOption } from "../options/path-option.ts";
import type { CliContext } from "../run/context.ts";
import { openInBrowser } from "../run/open-in-browser.ts";
import { createWhClient } from "../wh-client/wh-client.ts";

interface DemoOptions extends LocalOptions {
  readonly rate?: number;
  readonly ramp: number;
  readonly hold: number;
  readonly floor: number;
  readonly report?: string;
  readonly scaling: boolean;
  readonly json?: boolean;
  readonly keep?: boolean;
  readonly console?: boolean;
}

const sample = "fleet.demo.yaml";

const help = `
Examples:
  fleet demo
  fleet demo --rate 600 --ramp 80s --hold 20s --report report.json
  fleet demo --no-scaling
  fleet demo --console

Exit codes:
  0    it scaled out at both levels, served (at most 1 in 1,000 requests failed), and scaled in within 8 minutes of the first
       request with at most 2 reversals of direction; with --no-scaling: the run completed, however many requests failed
  1    it did not show that, or something failed; the end of the logs says why
  2    something is missing on this machine, or a usage error
  130  interrupted; nothing is left behind`;

/** `fleet demo`: the fleet scales itself out and back in on this machine. */
export function demoCommand(context: CliContext): Command {
  const command = new Command("demo")
    .description(
      "start the fleet at its minimum on this machine, send it a load ramp, and show how it scales itself out and back in",
    )
    .addOption(
      new Option(
        "--rate <rps>",
        `requests per second at the top of the ramp (default: ${fullRps}; ${defaultRps(2)} on two cores)`,
      ).argParser(parsePositiveRate),
    )
    .addOption(new Option("--ramp <duration>", "how long the load rises").default(120, "120s").argParser(parseSeconds))
    .addOption(
      new Option("--hold <duration>", "how long it stays at the top").default(60, "60s").argParser(parseSeconds),
    )
    .addOption(
      new Option("--floor <rps>", "requests per second while the fleet scales in").default(5).argParser(parseRate),
    )
    .addOption(pathOption("--report", "file", "write a report as JSON"))
    .option("--no-scaling", "the same load with the scaler held: what would happen without it")
    .option("--json", "print the report as JSON instead of the summary")
    .option("--console", "open the console in the browser once the fleet is up")
    .option("--keep", "leave the fleet running; fleet local down ends it");
  return withLocalOptions(command, sample)
    .addHelpText("after", help)
    .action((options: DemoOptions) => demo(context, options));
}

async function demo(context: CliContext, options: DemoOptions): Promise<void> {
  const { terminal, stop } = context;
  const report = await runOnFleet(context, options);
  context.print(options.json ? JSON.stringify(report, null, 2) : summaryText(report, options.scaling));
  if (options.keep)
    terminal.progress.note("The fleet is still running: npx fleet open shows where, npx fleet local down ends it.");
  if (stop.aborted) throw new InterruptedError();
  const faults = faultsOf(report, options);
  if (faults.length > 0) throw new CliError(`The demo failed: ${faults.join("; ")}.`);
}

/** Brings the fleet up, runs the load and, whatever happens, takes everything down again before it returns or throws. */
async function runOnFleet(context: CliContext, options: DemoOptions): Promise<Report> {
  const { progress } = context.terminal;
  const file = await reportFile(options.report);
  let load: LoadProcess | undefined;
  const use = {
    hold: !options.scaling,
    keep: options.keep === true,
    onConfig: (config: FleetConfig) => {
      serviceOf(config);
      announce(progress.note, config);
    },
    beforeEnd: () => load?.kill(),
  };
  const onLoad = (started: LoadProcess) => {
    load = started;
  };
  return withLocalFleet(
    context,
    { ...options, fleet: options.fleet ?? join(context.root, sample) },
    use,
    async (at) => {
      const report = await run(context, options, at, onLoad);
      await file.write(report);
      if (faultsOf(report, options).length > 0) progress.note(await at.logTail());
      return report;
    },
  );
}

/** The service that gets the load, and whose capacity the report is measured by. */
function serviceOf(config: FleetConfig) {
  const [, service] = httpServices(config.services)[0] ?? [];
  if (service === undefined) throw new CliError("The fleet has no service to send requests to.");
  if (service.capacity === undefined)
    throw new CliError("The first service of the fleet has no capacity: write what a replica sustains.");
  return { ...service, capacity: service.capacity };
}

function faultsOf(report: Report, { scaling }: DemoOptions): string[] {
  return scaling ? checksOf(report).flatMap((check) => (check.ok ? [] : [check.text])) : [];
}

async function run(
  context: CliContext,
  options: DemoOptions,
  { config, fleet }: FleetAtWork,
  onLoad: (load: LoadProcess) => void,
): Promise<Report> {
  const { terminal, stop } = context;
  const service = serviceOf(config);
  const wh = createWhClient(fleet.endpoints, fleet.apiToken);
  const minReplicas = Object.fromEntries(
    Object.entries(config.services).map(([name, { replicas }]) => [name, replicas.min]),
  );
  const cores = availableParallelism();
  const rps = options.rate ?? defaultRps(cores);
  const load: DemoLoad = {
    rps,
    rampSeconds: options.ramp,
    holdSeconds: options.hold,
    floorRps: options.floor,
  };
  const clock = { ...systemClock, stop };
  if (options.console) await showConsole(context, fleet);
  await waitForMinimum({ wh, progress: terminal.progress, ...clock }, minReplicas);
  const target = `${fleet.endpoints.balancer}${service.path}hello`;
  terminal.progress.note(
    `Sending requests to ${target}: up to ${rps} req/s${rps === fullRps || options.rate !== undefined ? "." : `, since everything shares ${cores} cores here: --rate ${fullRps} asks for the whole of it.`}`,
  );
  const recording = await watchRun(
    {
      wh,
      screen: createLiveScreen(terminal),
      cpuTimes: readCpuTimes,
      ...clock,
      startLoad: (onSecond) => {
        const started = startLoad(
          { ...loadDefaults, target, profile: [...demoProfile(load, options.scaling)] },
          onSecond,
        );
        onLoad(started);
        return started;
      },
    },
    { load, scaling: options.scaling, minReplicas },
  );
  const { scaling } = config;
  const perReplica = service.capacity.requestsPerSecond;
  return buildReport(recording, {
    perReplicaRps: scaling.utilisation * perReplica,
    perWorkerRps: scaling.headroom * perReplica * service.replicas.max,
  });
}

/** To the terminal, not to standard output: that is the report's. */
async function showConsole(
  { machine, terminal }: CliContext,
  { endpoints, name }: FleetAtWork["fleet"],
): Promise<void> {
  const { note } = terminal.progress;
  note(`The console asks for the token in .fleet/local/${name}/monitoring/secrets/api_token:`);
  await openInBrowser({ machine, terminal, print: note }, endpoints.wh);
}

function announce(note: (text: string) => void, config: FleetConfig): void {
  const differences = timingDifferences(config);
  if (differences.length === 0) return;
  note("Parameters that differ from production's defaults, so that everything happens within minutes:");
  for (const { path, value, production } of differences) note(`  ${path}: ${value} (production ${production})`);
}
