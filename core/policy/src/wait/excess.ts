/** How much and for how long more has been asked for than there is (CUSUM): a small excess must last, a large one counts at once. */
export type Excess = number;

const WEIGHT = 15;
const ENOUGH = 1;
const SECONDS = 15;

/** What is needed against `workers` that there are, both unrounded; `sinceLastSeconds` weighs it. */
export function excessAfter(
  before: Excess,
  {
    needed,
    workers,
    sinceLastSeconds,
  }: { readonly needed: number; readonly workers: number; readonly sinceLastSeconds: number },
): { readonly excess: Excess; readonly isEnough: boolean } {
  const steps = Math.min(1, sinceLastSeconds / SECONDS);
  if (needed <= workers) return { excess: before * 0.5 ** steps, isEnough: false };
  if (workers <= 0) return { excess: 0, isEnough: true };
  const share = needed / workers - 1;
  const excess = before + WEIGHT * share * steps;
  // A large excess counts at once, at whatever pace somebody looks.
  return excess >= ENOUGH || WEIGHT * share >= ENOUGH ? { excess: 0, isEnough: true } : { excess, isEnough: false };
}
