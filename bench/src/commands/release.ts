import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type FleetAtWork, withLocalFleet } from "@compose-fleet/cli/bring-up";
import { type LocalOptions, parsePositiveRate, pathOption, withLocalOptions } from "@compose-fleet/cli/options";
import type { CliContext } from "@compose-fleet/cli/run";
import { reportFile } from "@compose-fleet/files";
import { sampleTarget, withConstantLoad } from "@compose-fleet/load";
import { localFolders, startedWith } from "@compose-fleet/local-fleet/session";
import { CliError, exitCodes, messageOf, systemClock } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { brokenPromises, type ReleaseResult } from "../release/result.ts";
import type { Running } from "../release/run-scenario.ts";
import { allScenarios, type Scenario } from "../release/scenario.ts";
import { benchLabel, goodVariant } from "../release/variant.ts";

interface BenchOptions extends LocalOptions {
  readonly json?: string;
  readonly only?: readonly string[];
  readonly rate: number;
}

const help = `
Examples:
  npm run bench:release -- --json release.json
  npm run bench:release -- --only "crash at start,disk full"

Exit codes:
  0    every promise was kept: no request failed other than on a worker that was killed, releases that have to succeed did, those that
       have to fail named their cause, and one version ran everywhere at the end
  1    a promise was broken, or something failed
  2    something is missing on this machine, or a usage error
  130  interrupted; nothing is left behind`;

const rampMs = 15_000;
const timeoutMs = 5_000;
/** What the service answers before anything was released. */
const firstPayload = "Hello, World!";

/** `npm run bench:release`: releases under constant load that succeed, fail and are disturbed, and what they cost. */
export function benchReleaseCommand(context: CliContext): Command {
  const command = new Command("release")
    .description(
      "release to a fleet on this machine under constant load, in every way that it can go, and show what it cost",
    )
    .addOption(pathOption("--json", "file", "write the results as JSON"))
    .addOption(
      new Option("--only <scenarios>", "these only, with commas between them").argParser((text) => text.split(",")),
    )
    .addOption(
      new Option("--rate <rps>", "requests per second, all the time").default(200).argParser(parsePositiveRate),
    );
  return withLocalOptions(command, "fleet.release.yaml")
    .addHelpText("after", help)
    .action((options: BenchOptions) => benchRelease(context, options));
}

interface Row {
  readonly result: ReleaseResult;
  readonly broken: readonly string[];
}

async function benchRelease(context: CliContext, options: BenchOptions): Promise<void> {
  const local = { ...options, fleet: options.fleet ?? join(context.root, "fleet.release.yaml") };
  wanted("", options.only);
  const rows: Row[] = [];
  const file = await reportFile(options.json);
  try {
    await withLocalFleet(context, local, { hold: false }, (at) =>
      play(context, options, at, rows).finally(() => removeImages(context)),
    );
  } finally {
    // What was measured until then is worth having, also when the rest failed.
    const results = rows.map(({ result }) => result);
    if (rows.length > 0) await file.write(results);
    for (const { result, broken } of rows)
      context.print(
        `${broken.length === 0 ? "ok    " : "BROKEN"} ${result.scenario}: ${result.status}, ${result.sent} sent, ${result.failed} failed, ${result.seconds} s`,
      );
  }
  const sentences = rows.flatMap(({ result, broken }) => broken.map((text) => `  ${result.scenario}: ${text}`));
  if (sentences.length > 0) throw new CliError(["Promises were broken:", ...sentences].join("\n"));
}

/** The scenarios that were asked for. Throws `CliError` (exit code 2) for a name that none has. */
function wanted(turnsFile: string, only: readonly string[] | undefined): readonly Scenario[] {
  const all = allScenarios(turnsFile);
  const unknown = only?.filter((name) => !all.some((scenario) => scenario.name === name)) ?? [];
  if (unknown.length > 0)
    throw new CliError(
      `Got ${unknown.join(", ")}: the scenarios are\n${all.map(({ name }) => `  ${name}`).join("\n")}`,
      exitCodes.usage,
    );
  return only === undefined ? all : all.filter(({ name }) => only.includes(name));
}

/** Keeps up the load and plays scenario after scenario; adds a row per scenario. */
async function play(context: CliContext, options: BenchOptions, at: FleetAtWork, rows: Row[]): Promise<void> {
  const { terminal, stop, root } = context;
  const { config, fleet } = at;
  const [service = ""] = Object.keys(config.services);
  const { images } = await startedWith(root, config.name);
  // AWS's clients are loaded by who needs them: they would make every other command slower to start.
  const { openPlace } = await import("@compose-fleet/cli/release");
  const { createLocalBenchFleet } = await import("../release/local-bench-fleet.ts");
  const { runScenario } = await import("../release/run-scenario.ts");
  const place = await openPlace(context, { local: true, name: config.name });
  const turnsFile = join(localFolders(root, config.name).stateDir, "release-turns");
  await rm(turnsFile, { force: true });
  // The load balancer has to know its clients' ports, by which a failure is found in its log.
  const target = sampleTarget(config, fleet.endpoints.balancerProxy);
  await withConstantLoad({ target, proxyProtocol: true, rps: options.rate, rampMs, timeoutMs, stop }, async (load) => {
    const bench = createLocalBenchFleet({ context, place, service, images }, at, load);
    let running: Running = { payload: firstPayload, image: images.SERVICE_A_IMAGE ?? "" };
    const scenarios = wanted(turnsFile, options.only);
    if (scenarios[0]?.cause !== undefined) {
      // There has to be something to go back to.
      const first = goodVariant("version 0");
      await bench.rest(1);
      const { revision, image } = await bench.publish(first);
      const { status, cause } = await bench.rollOut(revision);
      if (status === "failed") throw new CliError(`The first release failed: ${cause}`);
      running = { payload: first.payload, image };
    }
    for (const scenario of scenarios) {
      const step = terminal.progress.step(scenario.name);
      const deps = {
        fleet: bench,
        ...systemClock,
        stop,
        update: step.update,
        timeoutMs,
      };
      try {
        const { result, seen } = await runScenario(deps, scenario, running);
        const broken = brokenPromises(scenario, result, seen);
        rows.push({ result, broken });
        if (result.status === "succeeded") running = { payload: scenario.variant.payload, image: seen.image };
        const text = `${result.status}, ${result.sent} sent, ${result.failed} failed (${result.failedOnDeadWorker} on a killed worker), ${result.seconds} s`;
        if (broken.length === 0) step.done(text);
        else step.fail(`${text}; ${broken.join("; ")}`);
      } catch (error) {
        step.fail(messageOf(error));
        throw error;
      }
    }
  });
}

/** The versions' images are small, but many. */
async function removeImages({ machine }: CliContext): Promise<void> {
  const listed = await machine.runner.run({
    file: "docker",
    args: ["image", "ls", "--quiet", "--no-trunc", "--filter", `label=${benchLabel}`],
  });
  const ids = [...new Set(listed.stdout.split("\n").filter((id) => id !== ""))];
  if (ids.length > 0) await machine.runner.run({ file: "docker", args: ["image", "rm", "--force", ...ids] });
}
