/** `value` moved into `min`..`max`; where these contradict each other, `max` wins. */
export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

/** Whole units that `quotient` needs; a rounding error of a division is not a reason for one more. */
export function wholeUnits(quotient: number): number {
  return Math.ceil(quotient - 1e-9);
}

/** For people: at most two decimals. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
