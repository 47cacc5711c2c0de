import type { Decision, Observation } from "@compose-fleet/policy";
import { type Log, messageOf } from "../log.ts";
import type { ReplicaBaseline } from "./ports.ts";

/** Writes the replicas that a new worker starts with, whenever they change. */
export interface BaselineKeeper {
  /** Never waits and never throws: a failed write is tried again with the next tick. */
  update(decisions: readonly Decision[], observation: Observation): void;
}

/** Keeps the fleet's replica baseline at the largest number wanted on any worker. */
export function createBaselineKeeper(baseline: ReplicaBaseline, log: Log): BaselineKeeper {
  let written = "";
  let isWriting = false;
  const write = async (replicas: Readonly<Record<string, number>>) => {
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
    update: (decisions, observation) => {
      const replicas = baselineOf(decisions);
      const isUnchanged = JSON.stringify(replicas) === written;
      if (isWriting || isUnchanged || !observation.metricsReadable || Object.keys(replicas).length === 0) return;
      void write(replicas);
    },
  };
}

/** Per service, the largest number wanted on any worker; services whose number is unknown are left out. */
function baselineOf(decisions: readonly Decision[]): Readonly<Record<string, number>> {
  const largest = new Map<string, number>();
  for (const decision of decisions) {
    if (decision.kind === "scale-containers") raise(decision.service, decision.to);
    if (decision.kind === "hold" && decision.target.kind === "replicas")
      raise(decision.target.service, decision.current);
  }
  return Object.fromEntries([...largest].filter(([, replicas]) => replicas >= 1).sort());

  function raise(service: string, replicas: number) {
    largest.set(service, Math.max(largest.get(service) ?? 0, replicas));
  }
}
