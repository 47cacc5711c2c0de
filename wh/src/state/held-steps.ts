import type { HeldStep, Memory } from "@compose-fleet/policy";
import type { Clock } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import type { StepLog } from "./ports.ts";

/** An alert storm must not open a thousand connections. */
const AT_ONCE = 25;

/** Makes a signal's one step the same for every scaler: a standby that saw the world after the step would take another. */
export interface HeldSteps {
  /** The steps as stored; one that is not stored yet is stored first. The same object when nothing differs. Never throws. */
  settle(steps: Memory["steps"]): Promise<Memory["steps"]>;
}

/** Steps backed by a store; each signal is asked for once. While the store does not answer, a scaler's own memory counts. */
export function createHeldSteps(deps: {
  readonly store: StepLog;
  readonly clock: Clock;
  readonly log: Log;
  readonly onStateError?: () => void;
}): HeldSteps {
  const { store, clock, log } = deps;
  const settled = new Set<string>();

  return {
    settle: async (steps) => {
      for (const signal of settled) if (!(signal in steps)) settled.delete(signal);
      const unsettled = Object.entries(steps).filter(([signal]) => !settled.has(signal));
      const changed = new Map<string, HeldStep>();
      const settleOne = async ([signal, step]: [string, HeldStep | null]) => {
        const stored = await store.settleStep(signal, step, clock.nowMs());
        settled.add(signal);
        if (stored && !isSame(stored, step)) changed.set(signal, stored);
      };
      for (let start = 0; start < unsettled.length; start += AT_ONCE) {
        const results = await Promise.allSettled(unsettled.slice(start, start + AT_ONCE).map(settleOne));
        const failures = results.flatMap((result) => (result.status === "rejected" ? [messageOf(result.reason)] : []));
        if (failures.length === 0) continue;
        deps.onStateError?.();
        log.error({ problem: failures[0], steps: failures.length }, "steps of alerts cannot be stored, trying again");
        // One that is refused must not hold the others up; a store that takes none is away, and each batch would cost its timeout.
        if (failures.length === results.length) break;
      }
      return changed.size > 0 ? { ...steps, ...Object.fromEntries(changed) } : steps;
    },
  };
}

function isSame(a: HeldStep, b: HeldStep | null): boolean {
  return a.target === b?.target && a.direction === b.direction && a.value === b.value;
}
