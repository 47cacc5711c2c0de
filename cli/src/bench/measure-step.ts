import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import { InterruptedError } from "../cli-error.ts";
import { firstNewReplica, servedRequests } from "./access-log.ts";
import type { StepReaction } from "./reaction.ts";

export interface StepDeps {
  readonly status: () => Promise<LocalFleetStatus>;
  /** The access log of a worker. */
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
  /** The step is given up after this long. */
  readonly limitMs: number;
}

const pollMs = 300;

/** Raises the load and watches, from outside of the scaler, what comes of it. */
export async function measureStep(deps: StepDeps, { service, limitMs }: StepOptions): Promise<StepReaction> {
  const before = await deps.status();
  const old = new Set(before.workers.map(({ id }) => id));
  const [first] = before.workers;
  const startedAtMs = await deps.raiseLoad();
  let decidedAtMs: number | undefined;
  let replicaAtMs: number | undefined;
  let workerAtMs: number | undefined;
  while (deps.nowMs() - startedAtMs < limitMs) {
    if (deps.stop.aborted) throw new InterruptedError();
    decidedAtMs ??= await deps.decidedSince(startedAtMs);
    if (replicaAtMs === undefined && first !== undefined)
      replicaAtMs = firstNewReplica(servedRequests(await deps.accessLog(first.id), service), startedAtMs);
    if (workerAtMs === undefined) {
      const { workers } = await deps.status();
      if (workers.some(({ id, target }) => !old.has(id) && target === "healthy")) workerAtMs = deps.nowMs();
    }
    if (decidedAtMs !== undefined && replicaAtMs !== undefined && workerAtMs !== undefined) break;
    await deps.sleep(pollMs);
  }
  const seconds = (atMs: number | undefined) =>
    atMs === undefined ? null : Math.round((atMs - startedAtMs) / 100) / 10;
  return { decision: seconds(decidedAtMs), replica: seconds(replicaAtMs), worker: seconds(workerAtMs) };
}
