import type { WorkerObservation } from "../observation/observation.ts";
import type { Memory } from "../situation/memory.ts";
import type { Situation } from "../situation/situation.ts";
import { drainDeadlineSeconds } from "./drain.ts";

/** A worker is gone when this many scrapes in a row had no answer: one may be late on a worker that serves. */
const SILENT_SCRAPES = 5;

/**
 * What is due for a worker that somebody else ends (a rebalance, an operator, a Spot interruption), while the group waits for it:
 * it is told to drain, waited for, and let go.
 */
export interface Leaving {
  readonly worker: string;
  readonly step: "drain" | "wait" | "let-go";
}

/**
 * seen waiting ─not draining─► drain ─quiet for quietSeconds, silent for 5 scrapes, or deadlineSeconds─► let go
 *              └─draining already───┘
 * Times count from when it was first seen to leave, also before the group waits: one that the scaler drained and ended itself is let go
 * at once. Draining alone says nothing: after a restart it must be seen quiet again.
 */
export function leavingWorkers({ config, memory, observation }: Situation): readonly Leaving[] {
  if (!observation.group.ok) return [];
  return observation.group.value.workers
    .filter(({ awaitsHook }) => awaitsHook)
    .map((worker) => ({ worker: worker.id, step: stepOf(worker) }));

  function stepOf(worker: WorkerObservation): Leaving["step"] {
    const { id, draining } = worker;
    const watch: Memory["watched"][string] = memory.watched[id] ?? {};
    const { quietSeconds } = config.scaling.drain;
    const silentSeconds = SILENT_SCRAPES * config.scaling.metrics.scrapeSeconds;
    const hasLasted = (sinceMs: number | undefined, seconds: number) =>
      sinceMs !== undefined && observation.atMs - sinceMs >= seconds * 1000;
    const isDone =
      hasLasted(watch.quietSinceMs, quietSeconds) ||
      hasLasted(watch.silentSinceMs, silentSeconds) ||
      hasLasted(watch.drainingSinceMs, drainDeadlineSeconds(worker, config));
    if (isDone) return "let-go";
    return draining || watch.silentSinceMs !== undefined ? "wait" : "drain";
  }
}
