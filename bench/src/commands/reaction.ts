import { join } from "node:path";
import { type FleetAtWork, prepareMachine, withLocalFleet } from "@compose-fleet/cli/bring-up";
import { type LocalOptions, parseCount, parseSeconds, pathOption, withLocalOptions } from "@compose-fleet/cli/options";
import type { CliContext } from "@compose-fleet/cli/run";
import { createWhClient } from "@compose-fleet/cli/wh-client";
import { type ReportFile, reportFile } from "@compose-fleet/files";
import { fleetNames } from "@compose-fleet/fleet";
import { localFolders } from "@compose-fleet/local-fleet/session";
import { CliError, messageOf, systemClock } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { startReceiver } from "../reaction/common-receiver.ts";
import { createCommonScaler } from "../reaction/common-scaler.ts";
import { keepAgentCounters, makeCommon } from "../reaction/common-stack.ts";
import { measureSetUp } from "../reaction/measure-set-up.ts";
import { type Measured, missedReactions, type ReactionReport, reactionReport } from "../reaction/reaction.ts";
import type { SetUp } from "../reaction/set-up.ts";

interface ReactionOptions extends LocalOptions {
  readonly json?: string;
  readonly steps: number;
  readonly commonSteps: number;
  readonly within: number;
  readonly setUps: "fleet" | "common" | "both";
}

const help = `
Examples:
  npm run bench:reaction -- --json reaction.json
  npm run bench:reaction -- --steps 3 --common-steps 1
  npm run bench:reaction -- --set-ups common --common-steps 4

Exit codes:
  0    p95 of decision at most 6 s, replica serving 9 s, worker serving 12 s + boot, and each at least 5 times faster than the
       usual set-up
  1    it was slower, or something failed
  2    something is missing on this machine, or a usage error
  130  interrupted; nothing is left behind`;

/** Of the time, the part after which our fleet begins no step any more: the usual set-up takes the rest. */
const fleetShare = 0.7;
/** What the last step of the usual set-up takes, milliseconds. */
const lastStepMs = 240_000;

/** `npm run bench:reaction`: how fast the fleet answers a step of the load, against the usual set-up. */
export function benchReactionCommand(context: CliContext): Command {
  const command = new Command("reaction")
    .description(
      "measure how fast the fleet answers a load step from half to twice its capacity, against the usual set-up (15 s scrapes, 1m windows, one step per notification)",
    )
    .addOption(pathOption("--json", "file", "write the figures as JSON"))
    .addOption(new Option("--steps <count>", "steps of the fleet").default(20).argParser(parseCount))
    .addOption(new Option("--common-steps <count>", "steps of the usual set-up").default(2).argParser(parseCount))
    .addOption(
      new Option("--set-ups <which>", "measure one of the two only; ratios need both")
        .choices(["fleet", "common", "both"])
        .default("both"),
    )
    .addOption(
      new Option("--within <duration>", "how long all of it may take; steps that no longer fit are left out")
        .default(1500, "25m")
        .argParser(parseSeconds),
    );
  return withLocalOptions(command, "fleet.bench.yaml")
    .addHelpText("after", help)
    .action((options: ReactionOptions) => benchReaction(context, options));
}

async function benchReaction(context: CliContext, options: ReactionOptions): Promise<void> {
  const local = { ...options, fleet: options.fleet ?? join(context.root, "fleet.bench.yaml") };
  const file = await reportFile(options.json);
  const fleet: Measured = { steps: [], agent: [] };
  const common: Measured = { steps: [], agent: [] };
  const report = () => reactionReport(fleet, common, options.bootSeconds);
  const isAsked = (setUp: "fleet" | "common") => options.setUps === setUp || options.setUps === "both";
  const startedAtMs = systemClock.nowMs();
  const within = (share: number) => startedAtMs + share * options.within * 1000;
  try {
    if (isAsked("fleet"))
      await withLocalFleet(context, local, { hold: false, adjust: keepAgentCounters }, (at) =>
        measureSetUp(context, at, ours(at), { steps: options.steps, untilMs: within(fleetShare) }, fleet),
      );
    // Of the usual set-up only the parts around the scaler are ours: our own one decides, but is held.
    if (isAsked("common"))
      await withLocalFleet(context, local, { hold: true, adjust: makeCommon }, (at) =>
        usual(context, at, (setUp) =>
          measureSetUp(context, at, setUp, { steps: options.commonSteps, untilMs: within(1) - lastStepMs }, common),
        ),
      );
  } finally {
    // What was measured until then is worth having, also when a later step failed.
    if (fleet.steps.length + common.steps.length > 0) await show(context, file, report());
  }
  // The usual set-up alone promises nothing.
  if (!isAsked("fleet")) return;
  const missed = [
    ...missedReactions(report()),
    ...(fleet.steps.length < options.steps ? [`${fleet.steps.length} of ${options.steps} steps were measured`] : []),
  ];
  if (missed.length > 0) throw new CliError(["Promises were broken:", ...missed.map((line) => `  ${line}`)].join("\n"));
}

async function show(context: CliContext, file: ReportFile, report: ReactionReport): Promise<void> {
  await file.write(report);
  const { steps, bootSeconds, ...figures } = report;
  context.print(JSON.stringify(figures, null, 2));
}

function ours({ fleet }: FleetAtWork): SetUp {
  const wh = createWhClient(fleet.endpoints, fleet.apiToken);
  return {
    name: "fleet",
    decidedSince: async (atMs) => {
      const decisions = await wh.decisions(100);
      return decisions.findLast((each) => each.atMs >= atMs && each.kind !== "hold" && each.to > each.from)?.atMs;
    },
    reset: async () => {},
    ready: () => {},
    forgetMs: 12_000,
    limitMs: 60_000,
  };
}

/** The usual scaler beside the fleet, for as long as it is measured. */
async function usual(
  context: CliContext,
  { config, status }: FleetAtWork,
  measure: (setUp: SetUp) => Promise<void>,
): Promise<void> {
  const cloud = await status();
  const [entry] = Object.entries(config.services);
  if (entry === undefined) throw new CliError("The fleet has no service to scale.");
  const [service, { replicas }] = entry;
  const scaler = createCommonScaler({
    cloud,
    scaleDocument: fleetNames(config).scaleDocument,
    maxReplicas: replicas.max,
    nowMs: systemClock.nowMs,
  });
  const { NODE_IMAGE: nodeImage = "" } = await prepareMachine(context);
  const say = (error: unknown) => context.terminal.progress.note(`The usual scaler failed: ${messageOf(error)}`);
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
    await measure({
      name: "usual set-up",
      decidedSince: async (atMs) => scaler.decidedSince(atMs),
      reset: () => scaler.reset(service),
      ready: scaler.ready,
      // A window of 1m, a scrape and an evaluation of 15 s; then Alertmanager lets go of the group within 30 s.
      forgetMs: 120_000,
      limitMs: 150_000,
    });
  } finally {
    endReceiver();
    scaler.close();
  }
}
