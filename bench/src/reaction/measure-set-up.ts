import type { FleetAtWork } from "@compose-fleet/cli/bring-up";
import type { CliContext } from "@compose-fleet/cli/run";
import { loadDefaults, sampleTarget } from "@compose-fleet/load";
import { CliError, messageOf, type ProgressStep, systemClock } from "@compose-fleet/process";
import { type AddedLoad, addLoad } from "./added-load.ts";
import { agentCost } from "./agent-cost.ts";
import { createInsideWorker, type InsideWorker } from "./inside-worker.ts";
import { measureStep } from "./measure-step.ts";
import type { Measured, StepReaction } from "./reaction.ts";
import type { SetUp } from "./set-up.ts";
import { pollMs, settledMs, untilAtRest } from "./until-at-rest.ts";

export interface MeasureOptions {
  readonly steps: number;
  /** No step begins after this, epoch milliseconds. */
  readonly untilMs: number;
}

const firstRestMs = 30_000;

/** What a step is measured with. */
interface Bench {
  readonly status: FleetAtWork["status"];
  readonly stop: AbortSignal;
  readonly service: string;
  readonly inside: InsideWorker;
  /** Adds requests a second to those that go on. */
  readonly addRps: (rps: number) => AddedLoad;
  /** What one replica carries at its target, requests a second. */
  readonly atTarget: number;
}

/**
 * Steps from half of the capacity at target to twice it, each from rest; adds to `measured` as it goes. Throws `CliError` when the
 * fleet does not come to rest.
 */
export async function measureSetUp(
  context: CliContext,
  at: FleetAtWork,
  setUp: SetUp,
  { steps, untilMs }: MeasureOptions,
  measured: Measured,
): Promise<void> {
  const { progress } = context.terminal;
  const bench = benchOf(context, at);
  const base = bench.addRps(bench.atTarget / 2);
  try {
    for (let number = 1; number <= steps; number += 1) {
      if (measured.steps.length > 0 && systemClock.nowMs() > untilMs) {
        progress.note(`The time is up after ${number - 1} of ${steps} steps of the ${setUp.name}.`);
        return;
      }
      const step = progress.step(`${setUp.name}: step ${number} of ${steps}`);
      try {
        // Before the first step there is nothing to forget but the start.
        const forgetMs = number === 1 ? Math.min(setUp.forgetMs, firstRestMs) : setUp.forgetMs;
        step.done(inWords(await measureOne(bench, setUp, forgetMs, step, measured, (text) => progress.note(text))));
      } catch (error) {
        step.fail(messageOf(error));
        throw error;
      }
    }
  } finally {
    await base.end();
  }
}

function benchOf({ stop, machine }: CliContext, { config, fleet, status }: FleetAtWork): Bench {
  const [entry] = Object.entries(config.services);
  if (entry === undefined) throw new CliError("The fleet has no service to send requests to.");
  const [service, { capacity }] = entry;
  if (capacity === undefined)
    throw new CliError(`${service} has no capacity in the fleet file: write what a replica sustains.`);
  const load = { ...loadDefaults, target: sampleTarget(config, fleet.endpoints.balancer) };
  return {
    status,
    stop,
    service,
    inside: createInsideWorker(machine.runner, config.name, service),
    addRps: (rps) => addLoad(load, rps),
    // At rest there is one replica: this is what it carries at its target.
    atTarget: config.scaling.utilisation * capacity.requestsPerSecond,
  };
}

/** One step from rest, and what the agent of the worker used meanwhile. */
async function measureOne(
  bench: Bench,
  setUp: SetUp,
  forgetMs: number,
  { update }: ProgressStep,
  measured: Measured,
  note: (text: string) => void,
): Promise<StepReaction> {
  const { status, stop, service, inside, addRps, atTarget } = bench;
  await untilAtRest({ status, inside, clock: systemClock, stop, update }, setUp, forgetMs);
  setUp.ready();
  update("measuring");
  const [worker] = (await status()).workers;
  let added: AddedLoad | undefined;
  try {
    const reaction = await measureStep(
      {
        status,
        accessLog: inside.accessLog,
        decidedSince: setUp.decidedSince,
        raiseLoad: () => {
          added = addRps(1.5 * atTarget);
          return added.startedAtMs;
        },
        ...systemClock,
        stop,
      },
      { service, restedMs: settledMs - pollMs, limitMs: setUp.limitMs },
    );
    measured.steps.push(reaction);
    try {
      measured.agent.push(await agentCost(await status(), worker?.id ?? ""));
    } catch (error) {
      note(`The agent's cost is unknown: ${messageOf(error)}`);
    }
    return reaction;
  } finally {
    await added?.end();
  }
}

function inWords({ decision, replica, worker }: StepReaction): string {
  const seconds = (value: number | null) => (value === null ? "never" : `${value} s`);
  return [`decision ${seconds(decision)}`, `replica ${seconds(replica)}`, `worker ${seconds(worker)}`].join(", ");
}
