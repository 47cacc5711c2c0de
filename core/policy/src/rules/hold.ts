import type { Reason, Target } from "../decision/decision.ts";
import type { Commanded } from "../situation/memory.ts";
import type { Situation, Verdict } from "../situation/situation.ts";
import type { Window } from "../situation/stabilization.ts";

/** What the rules of every target look at, be it the worker group or a service on a worker. */
export interface TargetSituation extends Situation {
  readonly target: Target;
  /** The number wanted until now; undefined when nothing is known. */
  readonly current: number | undefined;
  readonly commandedBefore: Commanded | undefined;
  readonly window: Window;
}

/** Nothing changes, and what was commanded stays remembered. */
export function hold({ commandedBefore, current, target, window }: TargetSituation, reason: Reason): Verdict {
  return {
    decision: { kind: "hold", target, current: current ?? 0, reason },
    window: window.memory,
    commanded: commandedBefore,
  };
}
