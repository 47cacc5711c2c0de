import type { Baseline } from "@compose-fleet/policy";
import { type Log, messageOf } from "../runtime/log.ts";
import type { ReplicaBaseline } from "./ports.ts";

/** Writes the replicas that a new worker starts with, whenever they change. */
export interface BaselineKeeper {
  /** Never waits and never throws: a failed write is tried again with the next tick. Undefined leaves what is written. */
  update(replicas: Baseline | undefined): void;
}

/** Keeps the fleet's replica baseline at what the policy says. */
export function createBaselineKeeper(baseline: ReplicaBaseline, log: Log): BaselineKeeper {
  let written = "";
  let isWriting = false;
  const write = async (replicas: Baseline) => {
    const text = JSON.stringify(replicas);
    isWriting = true;
    try {
      await baseline.write(replicas);
      written = text;
    } catch (error) {
      log.warn({ problem: messageOf(error) }, "the replica counts for new workers cannot be written, trying again");
    } finally {
      isWriting = false;
    }
  };
  return {
    update: (replicas) => {
      if (replicas === undefined || isWriting || JSON.stringify(replicas) === written) return;
      void write(replicas);
    },
  };
}
