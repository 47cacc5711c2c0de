import { type Profile, ramp, steady, step } from "@compose-fleet/load";

/** Shapes that `fleet local load --profile` knows. */
export const shapes = ["steady", "ramp", "step"] as const;
export type Shape = (typeof shapes)[number];

/** The profile of a shape: `seconds` long, up to `rps` requests per second. A ramp rises for half of the time and holds for the rest. */
export function profileOf(shape: Shape, rps: number, seconds: number): Profile {
  const durationMs = seconds * 1000;
  if (shape === "steady") return steady(rps, durationMs);
  if (shape === "step") return step(rps, durationMs);
  return ramp({ rps, rampMs: durationMs / 2, holdMs: durationMs / 2, fallMs: 0, floorRps: 0, floorMs: 0 });
}
