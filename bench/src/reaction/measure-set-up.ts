import { setTimeout as sleep } from "node:timers/promises";
import type { FleetAtWork } from "@compose-fleet/cli/bring-up";
import type { CliContext } from "@compose-fleet/cli/run";
import { loadDefaults, sampleTarget } from "@compose-fleet/load";
import { CliError, InterruptedError, messageOf } from "@compose-fleet/process";
import { type AddedLoad, addLoad } from "./added-load.ts";
import { agentCost } from "./agent-cost.ts";
import { measureStep } from "./measure-step.ts";
import type { Measured } from "./reaction.ts";

/** One of the two set-ups, running. */
export interface SetUp {
  readonly name: string;
  readonly decidedSince: (atMs: number) => Promise<number | undefined>;
  /** Begins to put the fleet back to one worker with one replica; the waiting is done here. Idempotent. */
  readonly reset: () => Promise<void>;
  /** The fleet is at rest: from now on its answers are measured. */
  readonly ready: () => void;
  /** How long the low load has to last before the next step, so that the set-up's own windows have forgotten the last one. */
  readonly forgetMs: number;
  readonly limitMs: number;
}

export interface MeasureOptions {
  readonly steps: number;
  /** No step begins after this, epoch milliseconds. */
  readonly untilMs: number;
}

const resetLimitMs = 240_000;
const resetAgainMs = 30_000;
const firstRestMs = 30_000;
/** At rest for this long, only one replica has served of late. */
const settledMs = 3_000;
const pollMs = 500;
/** Some twenty seconds of the raised load: each look reads no more, since it takes CPU from what is measured. */
const logLines = 2_000;

/**
 * Steps from half of the capacity at target to twice it, each from rest; adds to `measured` as it goes. Throws `CliError` when the
 * fleet does not come to rest.
 */
export async function measureSetUp(
  { terminal, stop, machine }: CliContext,
  { config, fleet, status }: FleetAtWork,
  setUp: SetUp,
  { steps, untilMs }: MeasureOptions,
  measured: Measured,
): Promise<void> {
  const [entry] = Object.entries(config.services);
  if (entry === undefined) throw new CliError("The fleet has no service to send requests to.");
  const [service, { capacity }] = entry;
  // At rest there is one replica: this is what it carries at its target.
  const atTarget = config.scaling.utilisation * capacity.requestsPerSecond;
  const load = { ...loadDefaults, target: sampleTarget(config, fleet.endpoints.balancer) };
  const docker = async (...args: readonly string[]) =>
    (await machine.runner.run({ file: "docker", args, timeoutMs: 20_000 })).stdout;
  const accessLog = (worker: string) =>
    docker(
      "exec",
      `compose-fleet-${config.name}-${worker}-nginx-1`,
      "tail",
      "-n",
      String(logLines),
      "/logs/access.log",
    );
  const replicasOf = async (worker: string) => {
    const filters = [`label=compose-fleet.worker=${worker}`, `label=com.docker.compose.service=${service}`];
    const listed = await docker("ps", "--quiet", ...filters.flatMap((filter) => ["--filter", filter]));
    return listed.split("\n").filter(Boolean).length;
  };
  const notAtRest = async (): Promise<string | undefined> => {
    const { workers, group } = await status();
    const [only, ...others] = workers;
    if (only === undefined || others.length > 0 || group.desired !== 1 || only.target !== "healthy")
      return `${workers.length} workers, ${group.desired} wanted`;
    const replicas = await replicasOf(only.id);
    return replicas === 1 ? undefined : `${replicas} replicas`;
  };
  const rest = async (forgetMs: number, update: (text: string) => void) => {
    const beganAtMs = Date.now();
    let resetAtMs = Number.NEGATIVE_INFINITY;
    let sinceMs: number | undefined;
    for (;;) {
      if (stop.aborted) throw new InterruptedError();
      const missing = await notAtRest();
      const nowMs = Date.now();
      sinceMs = missing === undefined ? (sinceMs ?? nowMs) : undefined;
      if (sinceMs !== undefined && nowMs - sinceMs >= settledMs && nowMs - beganAtMs >= forgetMs) return;
      if (nowMs - beganAtMs > resetLimitMs)
        throw new CliError(
          `The ${setUp.name} did not come to rest within ${resetLimitMs / 1000} s: ${missing ?? "not for long enough"}.`,
        );
      if (nowMs - resetAtMs > resetAgainMs) {
        resetAtMs = nowMs;
        await setUp.reset();
      }
      update(`getting to rest for ${Math.round((nowMs - beganAtMs) / 1000)} s${missing ? `: ${missing}` : ""}`);
      await sleep(pollMs);
    }
  };
  const addCost = async (worker: string | undefined) => {
    try {
      measured.agent.push(await agentCost(await status(), worker ?? ""));
    } catch (error) {
      terminal.progress.note(`The agent's cost is unknown: ${messageOf(error)}`);
    }
  };

  const base = addLoad(load, atTarget / 2);
  try {
    for (let number = 1; number <= steps; number += 1) {
      if (measured.steps.length > 0 && Date.now() > untilMs) {
        terminal.progress.note(`The time is up after ${number - 1} of ${steps} steps of the ${setUp.name}.`);
        return;
      }
      const step = terminal.progress.step(`${setUp.name}: step ${number} of ${steps}`);
      let added: AddedLoad | undefined;
      try {
        // Before the first step there is nothing to forget but the start.
        await rest(number === 1 ? Math.min(setUp.forgetMs, firstRestMs) : setUp.forgetMs, step.update);
        setUp.ready();
        step.update("measuring");
        const [worker] = (await status()).workers;
        const reaction = await measureStep(
          {
            status,
            accessLog,
            decidedSince: setUp.decidedSince,
            raiseLoad: () => {
              added = addLoad(load, 1.5 * atTarget);
              return added.startedAtMs;
            },
            nowMs: () => Date.now(),
            sleep: (ms) => sleep(ms),
            stop,
          },
          { service, restedMs: settledMs - pollMs, limitMs: setUp.limitMs },
        );
        measured.steps.push(reaction);
        await addCost(worker?.id);
        const { decision, replica, worker: serving } = reaction;
        step.done(
          [`decision ${inWords(decision)}`, `replica ${inWords(replica)}`, `worker ${inWords(serving)}`].join(", "),
        );
      } catch (error) {
        step.fail(messageOf(error));
        throw error;
      } finally {
        await added?.end();
      }
    }
  } finally {
    await base.end();
  }
}

function inWords(seconds: number | null): string {
  return seconds === null ? "never" : `${seconds} s`;
}
