import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import type { FleetConfig } from "@compose-fleet/policy";
import { CliError, InterruptedError } from "../cli-error.ts";
import type { CliContext } from "../context.ts";
import { controlStatus } from "../local/control.ts";
import { type AddedLoad, addLoad } from "./added-load.ts";
import { measureStep } from "./measure-step.ts";
import type { StepReaction } from "./reaction.ts";

/** One of the two set-ups, running. */
export interface SetUp {
  readonly name: string;
  readonly decidedSince: (atMs: number) => Promise<number | undefined>;
  /** Begins to put the fleet back to one worker with one replica; the waiting is done here. */
  readonly reset: () => Promise<void>;
  /** How long the low load has to last before the next step, so that the set-up's own windows have forgotten the last one. */
  readonly forgetMs: number;
  readonly limitMs: number;
}

const resetLimitMs = 240_000;
const firstRestMs = 30_000;

/** Steps from half of the capacity at target to twice it, each from rest. Throws `CliError` when the fleet does not come to rest. */
export async function measureSetUp(
  context: CliContext,
  config: FleetConfig,
  loadRequest: Parameters<typeof addLoad>[0],
  setUp: SetUp,
  steps: number,
  sleep: (ms: number) => Promise<void>,
): Promise<StepReaction[]> {
  const { root, terminal, stop, machine } = context;
  const [entry] = Object.entries(config.services);
  if (entry === undefined) throw new CliError("The fleet has no service to send requests to.");
  const [service, { capacity }] = entry;
  // At rest there is one replica: this is what it carries at its target.
  const atTarget = config.scaling.utilisation * capacity.requestsPerSecond;
  const status = async (): Promise<LocalFleetStatus> => {
    const found = await controlStatus(root, config.name);
    if (found === undefined) throw new CliError("The local fleet's process does not answer.");
    return found;
  };
  const accessLog = async (worker: string) => {
    const container = `compose-fleet-${config.name}-${worker}-nginx-1`;
    const script = "cat /logs/access.log";
    return (
      await machine.runner.run({ file: "docker", args: ["exec", container, "sh", "-c", script], timeoutMs: 20_000 })
    ).stdout;
  };
  const replicasOf = async (worker: string) => {
    const filters = [`label=compose-fleet.worker=${worker}`, `label=com.docker.compose.service=${service}`];
    const args = ["ps", "--quiet", ...filters.flatMap((filter) => ["--filter", filter])];
    return (await machine.runner.run({ file: "docker", args, timeoutMs: 20_000 })).stdout.split("\n").filter(Boolean)
      .length;
  };
  const isAtRest = async () => {
    const { workers, group } = await status();
    const [only, ...others] = workers;
    if (only === undefined || others.length > 0 || group.desired !== 1 || only.target !== "healthy") return false;
    return (await replicasOf(only.id)) === 1;
  };
  const rest = async (forgetMs: number, update: (text: string) => void) => {
    await setUp.reset();
    const beganAtMs = Date.now();
    update("getting to rest");
    while (Date.now() - beganAtMs < forgetMs || !(await isAtRest())) {
      if (stop.aborted) throw new InterruptedError();
      if (Date.now() - beganAtMs > resetLimitMs)
        throw new CliError(`The ${setUp.name} fleet did not come to rest within ${resetLimitMs / 1000} s.`);
      await sleep(500);
    }
  };

  const results: StepReaction[] = [];
  const base = addLoad(loadRequest, atTarget / 2);
  try {
    for (let number = 1; number <= steps; number += 1) {
      const step = terminal.progress.step(`${setUp.name}: step ${number} of ${steps}`);
      let added: AddedLoad | undefined;
      try {
        // Before the first step there is nothing to forget but the start.
        await rest(number === 1 ? Math.min(setUp.forgetMs, firstRestMs) : setUp.forgetMs, step.update);
        step.update("measuring");
        const reaction = await measureStep(
          {
            status,
            accessLog,
            decidedSince: setUp.decidedSince,
            raiseLoad: () => {
              added = addLoad(loadRequest, 1.5 * atTarget);
              return added.startedAtMs;
            },
            nowMs: () => Date.now(),
            sleep,
            stop,
          },
          { service, limitMs: setUp.limitMs },
        );
        results.push(reaction);
        step.done(`decision ${reaction.decision} s, replica ${reaction.replica} s, worker ${reaction.worker} s`);
      } catch (error) {
        step.fail(error instanceof Error ? error.message : String(error));
        throw error;
      } finally {
        await added?.end();
      }
    }
  } finally {
    await base.end();
  }
  return results;
}
