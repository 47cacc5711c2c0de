import { type Profile, profileDurationMs, ramp } from "@compose-fleet/load";
import { scaleInLimitSeconds } from "./verdict.ts";

/** Top of the ramp where the machine can carry it, requests per second. */
export const fullRps = 1_000;
const smallMachineCores = 4;
const rpsPerCore = 300;

/**
 * Top of the ramp that a machine of so many cores carries with everything on it, generator included: measured, a request costs about
 * 1.6 ms of CPU, and shared hosts take up to half of the CPU away for seconds (docs/benchmarks.md).
 */
export function defaultRps(cores: number): number {
  return cores >= smallMachineCores ? fullRps : rpsPerCore * cores;
}

/** The demo's load, as options give it. Rates in requests per second. */
export interface DemoLoad {
  readonly rps: number;
  readonly rampSeconds: number;
  readonly holdSeconds: number;
  readonly floorRps: number;
}

// Steep, but not a cliff: clients of a real site do not all leave in the same second.
const fallSeconds = 5;
const floorSecondsWithoutScaling = 5;

/** Profile of a run: up, hold, down to the floor until the fleet has scaled in; with `scaling` off, the floor is only a few seconds. */
export function demoProfile(load: DemoLoad, scaling: boolean): Profile {
  const busySeconds = load.rampSeconds + load.holdSeconds + fallSeconds;
  const floorSeconds = scaling ? Math.max(60, scaleInLimitSeconds - busySeconds) : floorSecondsWithoutScaling;
  return ramp({
    rps: load.rps,
    rampMs: load.rampSeconds * 1000,
    holdMs: load.holdSeconds * 1000,
    fallMs: fallSeconds * 1000,
    floorRps: load.floorRps,
    floorMs: floorSeconds * 1000,
  });
}

/** What the load does at this moment, in a few words. */
export function phaseAt(load: DemoLoad, elapsedSeconds: number): string {
  const { rampSeconds, holdSeconds, rps, floorRps } = load;
  if (elapsedSeconds < rampSeconds) return `ramp up to ${rps} req/s`;
  if (elapsedSeconds < rampSeconds + holdSeconds) return `hold ${rps} req/s`;
  if (elapsedSeconds < busySeconds(load)) return `down to ${floorRps} req/s`;
  return `at ${floorRps} req/s, waiting for scale-in`;
}

/** Seconds until the load is at its floor. */
export function busySeconds(load: DemoLoad): number {
  return load.rampSeconds + load.holdSeconds + fallSeconds;
}

/** Seconds of the whole profile. */
export function demoSeconds(load: DemoLoad, scaling: boolean): number {
  return profileDurationMs(demoProfile(load, scaling)) / 1000;
}
