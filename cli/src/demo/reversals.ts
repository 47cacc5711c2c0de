import type { Action } from "./timeline.ts";

/**
 * How often the fleet changed its mind: per level (containers fleet-wide; instances), the number of times an action goes in the other
 * direction than the one before it; both levels added up. A clean run out and back in counts 1 per level, 2 in all.
 */
export function countReversals(actions: readonly Action[]): number {
  return reversalsOf(actions, "containers") + reversalsOf(actions, "instances");
}

function reversalsOf(actions: readonly Action[], level: Action["level"]): number {
  const directions = actions
    .filter((action) => action.level === level && action.to !== action.from)
    .map((action) => Math.sign(action.to - action.from));
  return directions.filter((direction, i) => i > 0 && direction !== directions[i - 1]).length;
}
