import type { FleetConfig } from "@compose-fleet/fleet";
import type { Clock } from "../runtime/clock.ts";
import type { LeaseConfig } from "./lease.ts";

/** The lease of `scaling.lease` as the scaler `me` keeps it. */
export function leaseConfig(me: string, { scaling }: FleetConfig, clock: Clock): LeaseConfig {
  const ttlMs = scaling.lease.ttlSeconds * 1000;
  return {
    me,
    ttlMs,
    renewMs: scaling.lease.renewSeconds * 1000,
    pollMs: Math.min(1_000, ttlMs / 10),
    marginMs: ttlMs / 15,
    // Minutes since 1970: after a loss of the table still higher than every fence that a worker may have seen.
    seedFence: Math.floor(clock.nowMs() / 60_000),
  };
}
