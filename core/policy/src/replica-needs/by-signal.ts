import { rounded, wholeUnits } from "../numbers/bounds.ts";
import type { Observation, Reading } from "../observation/observation.ts";
import { NO_NEEDS, type ReplicaNeedSituation, type ReplicaNeedSource } from "./replica-need.ts";

/** What a service's own signals need is counted for the whole fleet, and spread evenly over the workers that serve. */
export const bySignal: ReplicaNeedSource = {
  name: "signal",
  says: "of each of `signals`: value / target for the whole fleet, spread over the workers that serve",
  of: (situation, { service, target, worker }) => {
    if (service.signals.length === 0) return NO_NEEDS;
    return service.signals.map((signal) => {
      const value = signalReading(situation.observation, target.service, signal.name);
      return {
        count: (share) =>
          value.ok ? partOf(wholeUnits(value.value / (share * signal.target)), situation, worker.id) : undefined,
        problem: value.ok ? undefined : value.problem,
        numbers: (needed) => ({
          signal: signal.name,
          value: value.ok ? rounded(value.value) : 0,
          signalTarget: signal.target,
          needed,
        }),
      };
    });
  },
};

/** What a signal says now. */
export function signalReading({ signals }: Observation, service: string, name: string): Reading {
  return signals?.[service]?.[name] ?? { ok: false, problem: `the signal ${name} of ${service} was not asked for` };
}

/** One worker's part of a number of replicas. Workers that come first by their id have one more where it does not divide. */
function partOf(total: number, situation: ReplicaNeedSituation, worker: string): number {
  const { index, workers } = placeOf(situation, worker);
  return Math.floor(total / workers) + (index < total % workers ? 1 : 0);
}

/** Where a worker stands among those that serve, by their ids, from 0. */
export function placeOf(
  { serving }: Pick<ReplicaNeedSituation, "serving">,
  worker: string,
): { readonly index: number; readonly workers: number } {
  const ids = serving.map(({ id }) => id).sort();
  return { index: ids.indexOf(worker), workers: ids.length };
}
