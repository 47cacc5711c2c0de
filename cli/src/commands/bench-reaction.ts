import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FleetConfig, fleetNames } from "@compose-fleet/policy";
import { Command, Option } from "commander";
import { startReceiver } from "../bench/common-receiver.ts";
import { createCommonScaler } from "../bench/common-scaler.ts";
import { makeCommon } from "../bench/common-stack.ts";
import { measureSetUp } from "../bench/measure-set-up.ts";
import { missedReactions, reactionReport, type StepReaction } from "../bench/reaction.ts";
import { CliError, InterruptedError } from "../cli-error.ts";
import type { CliContext } from "../context.ts";
import { bringUp } from "../local/bring-up.ts";
import { controlStatus } from "../local/control.ts";
import type { LocalFleetProcess } from "../local/daemon.ts";
import { localFolders } from "../local/prepare.ts";
import { parseCount } from "../parse-values.ts";
import { prepareMachine } from "../prepare-machine.ts";
import { createWhPair } from "../wh-client/wh-pair.ts";
import { loadDefaults } from "./local-load.ts";
import { type LocalOptions, withLocalOptions } from "./local-options.ts";

interface ReactionOptions extends LocalOptions {
  readonly json?: string;
  readonly steps: number;
  readonly commonSteps: number;
}

const help = `
Examples:
  fleet bench-reaction --json reaction.json
  fleet bench-reaction --steps 3 --common-steps 1

Exit codes:
  0    p95 of decision at most 6 s, replica serving 9 s, worker serving 12 s + boot, and each at least 5 times faster than the
       usual set-up
  1    it was slower, or something failed
  2    something is missing on this machine, or a usage error
  130  interrupted; nothing is left behind`;

/** `fleet bench-reaction`: how fast the fleet answers a step of the load, against the usual set-up. */
export function benchReactionCommand(context: CliContext): Command {
  const command = new Command("bench-reaction")
    .description(
      "measure how fast the fleet answers a load step from half to twice its capacity, against the usual set-up (15 s scrapes, 1m windows, one step per notification)",
    )
    .option("--json <file>", "write the figures as JSON")
    .addOption(new Option("--steps <count>", "steps of the fleet").default(20).argParser(parseCount))
    .addOption(new Option("--common-steps <count>", "steps of the usual set-up").default(4).argParser(parseCount));
  return withLocalOptions(command)
    .addHelpText("after", help)
    .action((options: ReactionOptions) => benchReaction(context, options));
}

async function benchReaction(context: CliContext, options: ReactionOptions): Promise<void> {
  const local = { ...options, fleet: options.fleet ?? join(context.root, "fleet.bench.yaml") };
  const fleet = await onFleet(context, local, false, (config, process) =>
    fleetSteps(context, config, process, options.steps),
  );
  const common = await onFleet(context, local, true, (config, process) =>
    commonSteps(context, config, process, options.commonSteps),
  );
  const report = reactionReport(fleet, common, options.bootSeconds);
  const text = JSON.stringify(report, null, 2);
  if (options.json !== undefined) await writeFile(resolve(options.json), `${text}\n`);
  context.print(JSON.stringify({ fleet: report.fleet, common: report.common, ratio: report.ratio }, null, 2));
  const missed = missedReactions(report);
  if (missed.length > 0) throw new CliError(["Slower than promised:", ...missed.map((line) => `  ${line}`)].join("\n"));
}

/** Brings a fleet up, measures and, whatever happens, takes it down again. */
async function onFleet(
  context: CliContext,
  options: LocalOptions,
  usual: boolean,
  measure: (config: FleetConfig, process: LocalFleetProcess) => Promise<StepReaction[]>,
): Promise<StepReaction[]> {
  const { terminal, stop } = context;
  let process: LocalFleetProcess | undefined;
  try {
    // Of the usual set-up only the parts around the scaler are ours: our own one decides, but is held.
    const up = await bringUp(context, options, {
      hold: usual,
      detached: false,
      ...(usual ? { adjust: makeCommon } : {}),
    });
    process = up.process;
    return await Promise.race([process.died, measure(up.config, process)]);
  } catch (error) {
    if (stop.aborted) throw new InterruptedError();
    if (process !== undefined) terminal.progress.note(await process.logTail());
    throw error;
  } finally {
    await process?.stop();
  }
}

function fleetSteps(context: CliContext, config: FleetConfig, { fleet }: LocalFleetProcess, steps: number) {
  const wh = createWhPair(fleet.endpoints, fleet.apiToken);
  return measureSetUp(
    context,
    config,
    { ...loadDefaults, target: targetOf(config, fleet.endpoints.balancer) },
    {
      name: "fleet",
      decidedSince: async (atMs) => {
        const decisions = await wh.decisions(100);
        return decisions.findLast((each) => each.atMs >= atMs && each.kind !== "hold" && each.to > each.from)?.atMs;
      },
      reset: async () => {},
      forgetMs: 12_000,
      limitMs: 60_000,
    },
    steps,
    sleep,
  );
}

async function commonSteps(context: CliContext, config: FleetConfig, { fleet }: LocalFleetProcess, steps: number) {
  const cloud = await controlStatus(context.root, config.name);
  const [entry] = Object.entries(config.services);
  if (cloud === undefined || entry === undefined) throw new CliError("The local fleet's process does not answer.");
  const [service, { replicas }] = entry;
  const scaler = createCommonScaler({
    cloud,
    scaleDocument: fleetNames(config).scaleDocument,
    maxReplicas: replicas.max,
    nowMs: () => Date.now(),
  });
  const { NODE_IMAGE: nodeImage = "" } = await prepareMachine(context);
  const say = (error: unknown) =>
    context.terminal.progress.note(
      `The usual scaler failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  const endReceiver = await startReceiver(
    {
      fleet: config.name,
      monitoringProject: cloud.containers.monitoringProject,
      stateDir: localFolders(context.root, config.name).stateDir,
      nodeImage,
    },
    (line) => void scaler.notified(line).catch(say),
  );
  try {
    return await measureSetUp(
      context,
      config,
      { ...loadDefaults, target: targetOf(config, fleet.endpoints.balancer) },
      {
        name: "usual set-up",
        decidedSince: async (atMs) => scaler.decidedSince(atMs),
        reset: () => scaler.reset(service),
        // A window of 1m, a scrape and an evaluation of 15 s.
        forgetMs: 95_000,
        limitMs: 150_000,
      },
      steps,
      sleep,
    );
  } finally {
    endReceiver();
    scaler.close();
  }
}

function targetOf(config: FleetConfig, balancer: string): string {
  return `${balancer}${Object.values(config.services)[0]?.path ?? "/"}hello`;
}
