import type { Profile } from "./profile.ts";

/**
 * When each request of a profile is due, in milliseconds after the start: the k-th one when the area under the rate reaches k.
 * Deterministic, evenly spaced, and independent of how fast anything answers (an open loop).
 */
export function* arrivals(profile: Profile): Generator<number, void, undefined> {
  let startMs = 0;
  let before = 0;
  let next = 1;
  for (const { durationMs, fromRps, toRps } of profile) {
    const from = fromRps / 1000;
    const slope = (toRps - fromRps) / 1000 / durationMs;
    const total = before + ((from + toRps / 1000) / 2) * durationMs;
    // The tolerance keeps the last arrival of a segment, which rounding may push past its end.
    while (next <= total + 1e-6) {
      yield startMs + Math.min(durationMs, timeOfArea(from, slope, next - before));
      next += 1;
    }
    before = total;
    startMs += durationMs;
  }
}

/** Smallest t with from·t + slope·t²/2 = area, in the form that does not cancel for small slopes. */
function timeOfArea(from: number, slope: number, area: number): number {
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * area));
  return (2 * area) / (from + root);
}
