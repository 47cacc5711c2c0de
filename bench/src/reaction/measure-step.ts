import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import { CliError, InterruptedError } from "@compose-fleet/process";
import { firstNewReplica, replicasSince, servedRequests } from "./access-log.ts";
import type { StepReaction } from "./reaction.ts";

export interface StepDeps {
  readonly status: () => Promise<Pick<LocalFleetStatus, "workers">>;
  /** The end of a worker's access log. */
  readonly accessLog: (worker: string) => Promise<string>;
  /** When the first decision to scale out since then was made, epoch milliseconds. */
  readonly decidedSince: (atMs: number) => Promise<number | undefined>;
  /** Raises the load at once; returns when the first of the added requests was due, epoch milliseconds. */
  readonly raiseLoad: () => Promise<number>;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly stop: AbortSignal;
}

export interface StepOptions {
  readonly service: string;
  /** How long the fleet has been at rest at least, milliseconds. */
  readonly restedMs: number;
  /** The step is given up after this long, milliseconds. */
  readonly limitMs: number;
}

const pollMs = 300;

/**
 * Raises the load on a fleet at rest, one worker with one replica, and watches from outside of the scaler what comes of it. Throws
 * `CliError` when no worker is there.
 */
export async function measureStep(deps: StepDeps, { service, restedMs, limitMs }: StepOptions): Promise<StepReaction> {
  const before = await deps.status();
  const old = new Set(before.workers.map(({ id }) => id));
  const [first] = before.workers;
  if (first === undefined) throw new CliError("No worker is there to measure.");
  const requests = async () => servedRequests(await deps.accessLog(first.id), service);
  const known = replicasSince(await requests(), deps.nowMs() - restedMs);
  const startedAtMs = await deps.raiseLoad();
  let decidedAtMs: number | undefined;
  let replicaAtMs: number | undefined;
  let workerAtMs: number | undefined;
  let bootMs: number | undefined;
  while (deps.nowMs() - startedAtMs < limitMs) {
    if (deps.stop.aborted) throw new InterruptedError();
    decidedAtMs ??= await deps.decidedSince(startedAtMs);
    replicaAtMs ??= firstNewReplica(await requests(), known, startedAtMs);
    if (workerAtMs === undefined) {
      const { workers } = await deps.status();
      const serving = workers.find(({ id, target }) => !old.has(id) && target === "healthy");
      if (serving !== undefined) {
        workerAtMs = deps.nowMs();
        bootMs = serving.bootMs;
      }
    }
    if (decidedAtMs !== undefined && replicaAtMs !== undefined && workerAtMs !== undefined) break;
    await deps.sleep(pollMs);
  }
  const seconds = (atMs: number | undefined) =>
    atMs === undefined ? null : Math.round((atMs - startedAtMs) / 100) / 10;
  return {
    decision: seconds(decidedAtMs),
    replica: seconds(replicaAtMs),
    worker: seconds(workerAtMs),
    boot: bootMs === undefined ? 0 : Math.round(bootMs / 100) / 10,
  };
}
