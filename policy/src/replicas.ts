import { clamp, rounded, wholeUnits } from "./bounds.ts";
import { type Reason, type Target, targetKey } from "./decision.ts";
import { demandOn, isDemandWhole } from "./demand.ts";
import type { ServiceConfig } from "./fleet-config/service.ts";
import { loadAfterLoss } from "./last-read.ts";
import type { WorkerObservation } from "./observation.ts";
import { heldBounds, type Steppable } from "./signals.ts";
import { stabilize } from "./stabilization.ts";
import { activeOverride, type Tick, type Verdict } from "./tick.ts";
import { servingWorkers } from "./watch.ts";

export interface ReplicasTarget {
  readonly target: Extract<Target, { kind: "replicas" }>;
  readonly worker: WorkerObservation;
  readonly service: ServiceConfig;
}

/** Every service on every worker that serves and does not drain. */
export function replicasTargets(tick: Pick<Tick, "config" | "observation" | "memory">): ReplicasTarget[] {
  return servingWorkers(tick).flatMap((worker) =>
    Object.entries(tick.config.services).map(([name, service]) => ({
      target: { kind: "replicas" as const, worker: worker.id, service: name },
      worker,
      service,
    })),
  );
}

/**
 * Replicas that the load needs, each filled to `share` of its utilisation, within bounds (HPA: ceil(load / (target × utilisation)));
 * undefined when the load cannot be read.
 */
function neededReplicas(
  tick: Pick<Tick, "config">,
  { worker, service, target }: ReplicasTarget,
  share = 1,
): number | undefined {
  const demand = demandOn(worker, target.service);
  if (!demand.ok) return undefined;
  return replicasFor(demand.value, tick, service, share);
}

function replicasFor(requestsPerSecond: number, tick: Pick<Tick, "config">, service: ServiceConfig, share = 1): number {
  const perReplica = share * tick.config.scaling.utilisation * service.capacity.requestsPerSecond;
  return clamp(wholeUnits(requestsPerSecond / perReplica), service.replicas.min, service.replicas.max);
}

/** What is wanted now: the number last commanded, else what runs, else, while Prometheus cannot be read, what last ran. Undefined when nothing is known. */
function currentReplicas(
  { memory, observation }: Pick<Tick, "memory" | "observation">,
  { target, worker }: ReplicasTarget,
): number | undefined {
  const ready = worker.services[target.service]?.replicasReady;
  const lastRead = observation.metricsReadable ? undefined : memory.lastRead[worker.id]?.services[target.service];
  return memory.commanded[targetKey(target)]?.value ?? (ready?.ok ? ready.value : lastRead?.replicas);
}

/** The target as a signal sees it; undefined when its current number is unknown. */
export function steppableReplicas(
  tick: Pick<Tick, "config" | "memory" | "observation">,
  target: ReplicasTarget,
): Steppable | undefined {
  const current = currentReplicas(tick, target);
  if (current === undefined) return undefined;
  const demand = demandOn(target.worker, target.target.service);
  return {
    key: targetKey(target.target),
    current,
    ...target.service.replicas,
    needed: isDemandWhole(target.worker, target.target.service) ? neededReplicas(tick, target) : undefined,
    pressure: demand.ok ? demand.value / Math.max(1, current) : 0,
  };
}

/**
 * Replicas of one service on one worker. The order of the rules is the policy:
 * in flight → pause → unknown → pin → bounds → no data (then only up: by an alert, or for a worker that is lost) → up at once → repair → down by the largest need of the window.
 */
export function decideReplicas(tick: Tick, replicasTarget: ReplicasTarget): Verdict {
  const { target, worker, service } = replicasTarget;
  const { scaling } = tick.config;
  const nowMs = tick.observation.atMs;
  const key = targetKey(target);
  const { min, max } = service.replicas;
  const history = tick.memory.recommendations[key] ?? [];
  const commanded = tick.memory.commanded[key];
  const ready = worker.services[target.service]?.replicasReady ?? { ok: false as const, problem: "not observed" };
  const current = currentReplicas(tick, replicasTarget);
  const demand = demandOn(worker, target.service);
  const needed = neededReplicas(tick, replicasTarget);
  // What can be read in part is a lower bound: good for scaling out, never for scaling in.
  const unread = unreadOf(worker, target.service);

  // Without data, what runs is the recommendation: every blind moment delays scaling in by a whole window.
  const roomy = neededReplicas(tick, replicasTarget, scaling.replicas.scaleInShare) ?? current ?? max;
  const keep = unread === undefined ? roomy : Math.max(roomy, current ?? max);
  const window = stabilize(history, { atMs: nowMs, value: keep }, scaling.replicas.scaleInWindowSeconds * 1000);

  const hold = (reason: Reason): Verdict => ({
    decision: { kind: "hold", target, current: current ?? 0, reason },
    recommendations: window.recommendations,
    ...(commanded && { commanded }),
  });
  const scale = (to: number, reason: Reason): Verdict => ({
    decision: {
      kind: "scale-containers",
      worker: target.worker,
      service: target.service,
      from: current ?? 0,
      to,
      reason,
    },
    recommendations: window.recommendations,
    commanded: { value: to, atMs: nowMs },
  });

  if (tick.inFlight.has(key)) return hold({ code: "settling", numbers: { commanded: commanded?.value ?? 0 } });
  const pause = activeOverride(tick, "pause");
  if (pause) return hold({ code: "paused", numbers: { untilMs: pause.expiresAtMs, by: pause.by } });
  if (current === undefined) return hold({ code: "no-data", numbers: { problem: ready.ok ? "" : ready.problem } });

  const pin = activeOverride(tick, "pin-replicas", (override) => override.service === target.service);
  if (pin) {
    const to = clamp(pin.replicas, min, max);
    const reason: Reason = { code: "pinned", numbers: { pinned: pin.replicas, untilMs: pin.expiresAtMs, by: pin.by } };
    return to === current ? hold(reason) : scale(to, reason);
  }
  if (current < min) return scale(clamp(needed ?? min, min, max), { code: "below-min", numbers: { current, min } });
  if (current > max) return scale(max, { code: "above-max", numbers: { current, max } });

  const { floor, ceiling } = heldBounds(tick.steps, key);
  if (!demand.ok || needed === undefined) {
    const blind = tick.observation.metricsReadable ? "no-data" : "metrics-blind";
    const lost = decideAfterLoss(tick, replicasTarget, Math.max(current, floor ?? 0));
    if (lost) return scale(lost.to, lost.reason);
    if (floor !== undefined && floor > current)
      return scale(floor, { code: "blind-step-up", numbers: { step: floor } });
    return hold({ code: blind, numbers: { problem: demand.ok ? "" : demand.problem } });
  }

  const load = {
    requestsPerSecond: rounded(demand.value),
    capacityPerReplica: service.capacity.requestsPerSecond,
    utilisation: scaling.utilisation,
    needed,
  };
  const wanted = Math.max(needed, floor ?? 0);
  if (wanted > current) {
    const code = needed > current ? "load-needs-more" : "test-step";
    return scale(wanted, { code, numbers: code === "test-step" ? { step: wanted, ...load } : load });
  }

  // Level-triggered: a command that did not take effect is given again. More replicas than commanded are adopted, not killed.
  const settled = commanded && nowMs - commanded.atMs >= scaling.replicas.settleSeconds * 1000;
  if (settled && ready.ok && ready.value < current)
    return scale(current, { code: "repair", numbers: { ready: ready.value, commanded: current } });
  if (settled && ready.ok && ready.value > current) {
    return {
      ...hold({ code: "settling", numbers: { ready: ready.value, commanded: current } }),
      commanded: { value: ready.value, atMs: nowMs },
    };
  }

  if (floor !== undefined) return hold({ code: "test-step", numbers: { step: floor, ...load } });
  if (ceiling !== undefined && ceiling < current) {
    const to = Math.max(ceiling, needed);
    return to < current && !tick.breakerOpen && unread === undefined
      ? scale(to, { code: "test-step", numbers: { step: to, ...load } })
      : hold({ code: "test-refused", numbers: { step: ceiling, ...load } });
  }

  if (needed === current) return hold({ code: needed === max ? "at-max" : "steady", numbers: load });
  if (tick.breakerOpen)
    return hold({
      code: "breaker",
      numbers: { missingWorkers: tick.missingWorkers, limit: scaling.missingWorkersLimit },
    });
  if (unread !== undefined) return hold({ code: "no-data", numbers: { problem: unread } });
  const waitMs = window.waitMs(current - 1);
  if (waitMs > 0) {
    const code = keep >= current ? "within-tolerance" : "window-holds";
    const secondsLeft = Math.ceil(waitMs / 1000);
    return hold({ code, numbers: { ...load, largestNeeded: window.largest, secondsLeft } });
  }
  return scale(clamp(window.largest, min, max), {
    code: "load-needs-fewer",
    numbers: { ...load, largestNeeded: window.largest, windowSeconds: scaling.replicas.scaleInWindowSeconds },
  });
}

/** What cannot be read of a service on a worker, in words; undefined when all can. */
function unreadOf(worker: WorkerObservation, service: string): string | undefined {
  const observed = worker.services[service];
  const readings = [
    observed?.requestsPerSecond,
    observed?.replicasReady,
    worker.arrivalsPerSecond,
    worker.completionsPerSecond,
  ];
  for (const reading of readings) if (!reading?.ok) return reading?.problem ?? "not observed";
  return undefined;
}

/** The larger number that a worker needs because others are lost while Prometheus cannot be read; undefined when `current` is enough. */
function decideAfterLoss(
  tick: Tick,
  { worker, service, target }: ReplicasTarget,
  current: number,
): { readonly to: number; readonly reason: Reason } | undefined {
  const load = loadAfterLoss(tick, worker, target.service);
  if (!load) return undefined;
  const needed = replicasFor(load.requestsPerSecond, tick, service);
  if (needed <= current) return undefined;
  const numbers = {
    lost: load.lost,
    requestsPerSecond: rounded(load.requestsPerSecond),
    capacityPerReplica: service.capacity.requestsPerSecond,
    utilisation: tick.config.scaling.utilisation,
    needed,
  };
  return { to: needed, reason: { code: "blind-worker-lost", numbers } };
}
