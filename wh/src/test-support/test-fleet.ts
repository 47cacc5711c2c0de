import { type FleetConfig, type FleetConfigInput, parseFleetConfig } from "@compose-fleet/fleet";

/** A small fleet with production's defaults; `change` replaces top-level keys. */
export function testFleet(change: Partial<FleetConfigInput> = {}): FleetConfig {
  const result = parseFleetConfig({
    name: "test",
    environment: "local",
    workers: { min: 1, max: 6 },
    services: {
      "service-a": { path: "/api/", port: 3000, memory: "64m", capacity: { requestsPerSecond: 100 } },
    },
    ...change,
  });
  if (!result.ok) throw new Error(result.faults.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  return result.config;
}
