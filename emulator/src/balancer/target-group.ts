/*
 * The load balancer's view of its targets, as a value.
 *
 *              registered, then
 *              threshold passes              threshold failures
 *   initial ─────────────────────► healthy ◄──────────────────► unhealthy
 *      │                              │  threshold passes            │
 *      └──────────── deregister ──────┴───────► draining ◄───────────┘
 */
export type TargetState = "initial" | "healthy" | "unhealthy" | "draining";

/** One target; times in epoch milliseconds. */
export interface Target {
  readonly id: string;
  readonly address: string;
  readonly state: TargetState;
  /** Probes in a row with the same answer, and which. */
  readonly streak: { readonly passed: boolean; readonly count: number };
  /** Not known to the load balancer's nodes yet: neither probed nor sent anything, also where no other target is healthy. */
  readonly isRegistering: boolean;
  /** While draining: when it was deregistered, and whether it got connections then. */
  readonly draining?: { readonly sinceMs: number; readonly wasHealthy: boolean };
}

export interface HealthRules {
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** How long a new target is being registered; health checks begin after that. */
  readonly registrationLagMs: number;
  /** How long a deregistered target still gets new connections. */
  readonly deregistrationLagMs: number;
}

/** A target that has not been probed yet. */
export function newTarget(id: string, address: string): Target {
  return { id, address, state: "initial", streak: { passed: false, count: 0 }, isRegistering: true };
}

/** The target once all nodes of the load balancer know it. */
export function registered(target: Target): Target {
  return { ...target, isRegistering: false };
}

/** The target after a probe. Draining targets are not judged any more, registering ones not yet. */
export function afterProbe(target: Target, passed: boolean, rules: HealthRules): Target {
  if (target.state === "draining" || target.isRegistering) return target;
  const count = target.streak.passed === passed ? target.streak.count + 1 : 1;
  const needed = passed ? rules.healthyThreshold : rules.unhealthyThreshold;
  const state = count >= needed ? (passed ? "healthy" : "unhealthy") : target.state;
  return { ...target, state, streak: { passed, count } };
}

/** The target after deregistration; again changes nothing. */
export function deregistered(target: Target, atMs: number): Target {
  if (target.draining) return target;
  return { ...target, state: "draining", draining: { sinceMs: atMs, wasHealthy: target.state === "healthy" } };
}

/** A deregistered target whose lag is over, whatever the wall clock says: a timer may be ahead of it, and it may be set back. */
export function afterLag(target: Target): Target {
  return target.draining ? { ...target, draining: { ...target.draining, sinceMs: Number.NEGATIVE_INFINITY } } : target;
}

/** Addresses that new connections go to, sorted. Fails open: without a healthy target, every one whose registration is over gets them. */
export function routableAddresses(targets: readonly Target[], nowMs: number, rules: HealthRules): readonly string[] {
  const lagging = targets.filter((each) => each.draining && nowMs - each.draining.sinceMs < rules.deregistrationLagMs);
  const healthy = targets.filter((each) => each.state === "healthy");
  const chosen =
    healthy.length > 0
      ? [...healthy, ...lagging.filter((each) => each.draining?.wasHealthy)]
      : [
          ...targets.filter((each) => each.state !== "draining" && !each.isRegistering),
          ...lagging.filter((each) => !each.isRegistering),
        ];
  return chosen.map((each) => each.address).sort();
}
