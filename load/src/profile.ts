/** One stretch of a load profile: the rate goes in a straight line from `fromRps` to `toRps` (requests per second) in `durationMs`. */
interface Segment {
  readonly durationMs: number;
  readonly fromRps: number;
  readonly toRps: number;
}

/** What to offer over time, segment after segment, starting at 0 ms. */
export type Profile = readonly Segment[];

/** Length of a profile in milliseconds. */
export function profileDurationMs(profile: Profile): number {
  return profile.reduce((sum, segment) => sum + segment.durationMs, 0);
}

/** The rate offered at `tMs` after the start, requests per second; 0 outside the profile. */
export function rateAt(profile: Profile, tMs: number): number {
  if (tMs < 0) return 0;
  let startMs = 0;
  for (const segment of profile) {
    const inSegmentMs = tMs - startMs;
    if (inSegmentMs < segment.durationMs) {
      return segment.fromRps + ((segment.toRps - segment.fromRps) * inSegmentMs) / segment.durationMs;
    }
    startMs += segment.durationMs;
  }
  return 0;
}

/** The same rate all the time. */
export function steady(rps: number, durationMs: number): Profile {
  return [{ durationMs, fromRps: rps, toRps: rps }];
}

/** Shape of the demo's load. Rates in requests per second, times in milliseconds. */
export interface RampShape {
  readonly rps: number;
  readonly rampMs: number;
  readonly holdMs: number;
  /** How long the load takes to fall to the floor. */
  readonly fallMs: number;
  readonly floorRps: number;
  readonly floorMs: number;
}

/** From nothing up to `rps`, hold, fall to the floor and stay there. */
export function ramp(shape: RampShape): Profile {
  const segments: Segment[] = [
    { durationMs: shape.rampMs, fromRps: 0, toRps: shape.rps },
    { durationMs: shape.holdMs, fromRps: shape.rps, toRps: shape.rps },
    { durationMs: shape.fallMs, fromRps: shape.rps, toRps: shape.floorRps },
    { durationMs: shape.floorMs, fromRps: shape.floorRps, toRps: shape.floorRps },
  ];
  return segments.filter((segment) => segment.durationMs > 0);
}

/** Three equal parts: a tenth of `rps`, all of it at once, a tenth again. */
export function step(rps: number, durationMs: number): Profile {
  const part = durationMs / 3;
  return [...steady(rps / 10, part), ...steady(rps, part), ...steady(rps / 10, part)];
}
