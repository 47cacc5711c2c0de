import { type FleetConfig, parseFleetConfig } from "@compose-fleet/fleet";

/** One value of a fleet's `scaling` that is not production's default. */
export interface TimingDifference {
  /** Such as `scaling.loop.activeSeconds`. */
  readonly path: string;
  readonly value: unknown;
  readonly production: unknown;
}

/** Every parameter of `scaling` that differs from the default that production runs with, in the order of the schema. */
export function timingDifferences(config: FleetConfig): TimingDifference[] {
  return differences("scaling", config.scaling, defaultScaling());
}

function defaultScaling(): unknown {
  // The defaults live in the schema: the smallest valid fleet shows them.
  const smallest = {
    name: "x",
    services: { x: { path: "/", port: 1, memory: "64m", capacity: { requestsPerSecond: 1 } } },
  };
  const parsed = parseFleetConfig(smallest);
  if (!parsed.ok) throw new Error(`the smallest fleet is not valid: ${JSON.stringify(parsed.faults)}`);
  return parsed.config.scaling;
}

function differences(path: string, value: unknown, production: unknown): TimingDifference[] {
  if (isRecord(value) && isRecord(production)) {
    const keys = [...new Set([...Object.keys(production), ...Object.keys(value)])];
    return keys.flatMap((key) => differences(`${path}.${key}`, value[key], production[key]));
  }
  return JSON.stringify(value) === JSON.stringify(production) ? [] : [{ path, value, production }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
