import { type Target, targetKey } from "../decision/decision.ts";
import type { HeldStep, Memory } from "../situation/memory.ts";
import type { Signal } from "./signal.ts";

// Why a test alert acts once:
// - Every repeat and copy of it has the same id (`signal.ts`).
// - An id takes one step, which is held until the alert ends (`nextSteps`).
// - Two scalers settle on one step before either takes it (`proposeSteps`; wh keeps it in the state table).
// - A copy that comes after the end begins nothing anew (`signal-book.ts`).

/** A target that a signal may step, with what the policy knows of it. */
export interface Steppable {
  readonly key: string;
  readonly current: number;
  readonly min: number;
  readonly max: number;
  /** What the load needs right now; undefined when it cannot be read, which forbids steps down. */
  readonly needed: number | undefined;
  /** The larger, the sooner it is stepped up and the later down, when the signal names no target. */
  readonly pressure: number;
}

/**
 * The one step a signal takes among the targets it matches, or null when none may be taken.
 * Up: not above max. Down: not below min, and not below what the load needs.
 */
export function takeStep(direction: Signal["direction"], targets: readonly Steppable[]): HeldStep | null {
  const byPressure = [...targets].sort((a, b) => b.pressure - a.pressure);
  if (direction === "up") {
    const target = byPressure.find(({ current, max }) => current < max);
    return target ? { target: target.key, direction, value: target.current + 1 } : null;
  }
  const target = byPressure
    .reverse()
    .find(({ current, min, needed }) => needed !== undefined && current - 1 >= Math.max(min, needed));
  return target ? { target: target.key, direction, value: target.current - 1 } : null;
}

/** Steps of signals that are still active, plus the steps of new ones: a signal steps once, however often it is repeated. */
export function nextSteps(
  steps: Memory["steps"],
  active: readonly Signal[],
  targetsOf: (signal: Signal) => readonly Steppable[],
): Memory["steps"] {
  const next: Record<string, HeldStep | null> = {};
  for (const signal of active) {
    const taken = steps[signal.id];
    next[signal.id] = taken === undefined ? takeStep(signal.direction, targetsOf(signal)) : taken;
  }
  return next;
}

const UNHELD = {};

/** The numbers that active signals hold a target at: at least `floor`, at most `ceiling`. Contradictions resolve up. */
export function heldBounds(
  steps: Memory["steps"],
  target: Target,
): { readonly floor?: number; readonly ceiling?: number } {
  let floor: number | undefined;
  let ceiling: number | undefined;
  // Asked for every target of each tick, and hardly ever is there a step: nothing is made for it.
  for (const id in steps) {
    const step = steps[id];
    if (step?.target !== targetKey(target)) continue;
    if (step.direction === "up") floor = Math.max(floor ?? step.value, step.value);
    else ceiling = Math.min(ceiling ?? step.value, step.value);
  }
  if (floor !== undefined) return { floor };
  return ceiling === undefined ? UNHELD : { ceiling };
}
