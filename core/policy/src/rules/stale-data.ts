import type { FleetConfig } from "@compose-fleet/fleet";
import { isWithoutData } from "../group/watch.ts";
import type { WorkerObservation } from "../observation/observation.ts";
import type { Situation } from "../situation/situation.ts";
import { hold, type TargetSituation } from "./hold.ts";
import type { Rule } from "./rule.ts";

// Why nothing scales in on missing or stale data. A stale number is absent from the window that was asked for (`observation/`), so it is
// no number, and never 0. In both lists these rules stand above all that scale in by the load.

/** Counts the workers that serve and whose load cannot be read. */
export function missingData(
  serving: readonly WorkerObservation[],
  config: FleetConfig,
): Pick<Situation, "breakerOpen" | "missingWorkers"> {
  const missingWorkers = serving.filter(isWithoutData).length;
  return {
    missingWorkers,
    breakerOpen: serving.length > 0 && missingWorkers / serving.length > config.scaling.missingWorkersLimit,
  };
}

/** A target whose load may be unreadable. */
export interface PerhapsStale extends TargetSituation {
  /** Why the load cannot be read, so that nothing bounds it; undefined when it can. */
  readonly loadProblem: string | undefined;
  /** Whether less is needed than there is, by what can be read. */
  readonly wouldShrink: boolean;
}

export const noData: Rule<PerhapsStale> = {
  name: "noData",
  says: "The load cannot be read: nothing scales in.",
  decide: (situation) => {
    const { loadProblem: problem, observation } = situation;
    if (problem === undefined) return undefined;
    return hold(situation, { code: observation.metricsReadable ? "no-data" : "metrics-blind", numbers: { problem } });
  },
};

export const breaker: Rule<PerhapsStale> = {
  name: "breaker",
  says: "Too many workers lack data, so a small load and blind monitoring look the same: nothing scales in.",
  decide: (situation) => {
    const { breakerOpen, config, missingWorkers, wouldShrink } = situation;
    if (!breakerOpen || !wouldShrink) return undefined;
    const numbers = { missingWorkers, limit: config.scaling.missingWorkersLimit };
    return hold(situation, { code: "breaker", numbers });
  },
};

/** For workers each missing reading counts as a whole worker's capacity instead, once for all of them. */
export const unreadInPart: Rule<TargetSituation & { readonly unread: string | undefined }> = {
  name: "unreadInPart",
  says: "Part of the load cannot be read, so it may be larger: nothing scales in.",
  decide: (situation) =>
    situation.unread === undefined
      ? undefined
      : hold(situation, { code: "no-data", numbers: { problem: situation.unread } }),
};
