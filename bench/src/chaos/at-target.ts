import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import type { FleetSnapshot } from "@compose-fleet/wh-api";

/** What the scaler sees may be this old, milliseconds. */
const freshMs = 15_000;

/**
 * Why the fleet is not at its target; undefined when it is: as many workers as the group wants, all of them healthy behind the load
 * balancer, and on each the replicas that the scaler wants, as the scaler itself sees it now.
 */
export function notAtTarget(
  cloud: Pick<LocalFleetStatus, "group" | "workers">,
  fleet: FleetSnapshot,
  services: number,
  nowMs: number,
): string | undefined {
  const { desired } = cloud.group;
  const healthy = cloud.workers.filter(({ state, target }) => state === "running" && target === "healthy").length;
  if (healthy !== desired || cloud.workers.length !== desired)
    return `${healthy} of ${desired} workers healthy, ${cloud.workers.length} there`;
  if (Math.abs(nowMs - fleet.atMs) > freshMs)
    return `the scaler's last look is ${Math.round((nowMs - fleet.atMs) / 1000)} s old`;
  if (fleet.workers.ready !== desired || fleet.workers.desired !== desired)
    return `the scaler sees ${fleet.workers.ready} of ${fleet.workers.desired} workers`;
  if (fleet.workers.draining > 0) return `${fleet.workers.draining} workers drain`;
  if (fleet.replicas.length !== desired * services)
    return `the scaler sees the replicas of ${fleet.replicas.length} workers`;
  const behind = fleet.replicas.find((entry) => entry.ready !== entry.desired || entry.ready === 0);
  return behind && `${behind.ready} of ${behind.desired} replicas on ${behind.worker}`;
}
