import { clamp, rounded, wholeUnits } from "./bounds.ts";
import type { Reason } from "./decision.ts";
import { queueGrowthOf } from "./demand.ts";
import type { FleetConfig } from "./fleet-config/schema.ts";
import type { GroupObservation } from "./observation.ts";
import { heldBounds, type Steppable } from "./signals.ts";
import { stabilize } from "./stabilization.ts";
import { activeOverride, type Tick, type Verdict } from "./tick.ts";
import { pickVictim } from "./victim.ts";

const KEY = "workers";

/** Bounds of the group: the tighter of ours and AWS's, since the API accepts numbers beyond ours. */
function groupBounds(config: FleetConfig, group: GroupObservation): { min: number; max: number } {
  const max = Math.min(config.workers.max, group.max);
  return { min: Math.min(Math.max(config.workers.min, group.min), max), max };
}

export interface WorkersNeed {
  /** Workers that the load and the CPU need, not yet within bounds and not rounded; undefined when something cannot be read. */
  readonly workers: number | undefined;
  /** What is known even when something else is not: good enough to scale out, never to scale in. */
  readonly atLeast: number;
  readonly numbers: Readonly<Record<string, number | string>>;
  readonly cpuBinds: boolean;
  readonly problem: string;
}

/**
 * Workers needed: the largest over services of demand / (headroom × capacity × replicas.max), each worker being able to run all of them,
 * and what the CPU needs: workers × mean CPU / target.
 */
export function workersNeed(
  { config, observation }: Pick<Tick, "config" | "observation">,
  group: GroupObservation,
): WorkersNeed {
  const serving = group.workers.filter(({ state }) => state === "in-service");
  let binding = { share: 0, service: "", requestsPerSecond: 0, capacityPerWorker: 0 };
  let problem = "";
  for (const [name, service] of Object.entries(config.services)) {
    const demand = observation.demand[name] ?? { ok: false, problem: "not observed" };
    if (!demand.ok) {
      problem ||= `${name}: ${demand.problem}`;
      continue;
    }
    const requestsPerSecond = demand.value + queueGrowthOf(serving, name);
    const capacityPerWorker = service.capacity.requestsPerSecond * service.replicas.max;
    const share = requestsPerSecond / (config.scaling.headroom * capacityPerWorker);
    if (share >= binding.share) binding = { share, service: name, requestsPerSecond, capacityPerWorker };
  }
  const cpus = serving.flatMap(({ cpuRatio }) => (cpuRatio.ok ? [cpuRatio.value] : []));
  const cpu = cpus.length > 0 ? cpus.reduce((sum, value) => sum + value, 0) / cpus.length : 0;
  const cpuShare = (serving.length * cpu) / config.workers.target.cpu;
  const atLeast = Math.max(binding.share, cpuShare);
  return {
    workers: problem ? undefined : atLeast,
    atLeast,
    cpuBinds: cpuShare > binding.share && wholeUnits(cpuShare) > wholeUnits(binding.share),
    problem,
    numbers: {
      service: binding.service,
      requestsPerSecond: rounded(binding.requestsPerSecond),
      capacityPerWorker: binding.capacityPerWorker,
      headroom: config.scaling.headroom,
      cpu: rounded(cpu),
      cpuTarget: config.workers.target.cpu,
    },
  };
}

/** The worker group as a signal sees it; undefined when it cannot be read. */
export function steppableWorkers(tick: Pick<Tick, "config" | "observation">): Steppable | undefined {
  if (!tick.observation.group.ok) return undefined;
  const group = tick.observation.group.value;
  const need = workersNeed(tick, group).workers;
  return {
    key: KEY,
    current: group.desired,
    ...groupBounds(tick.config, group),
    needed: need === undefined ? undefined : wholeUnits(need),
    pressure: 0,
  };
}

/**
 * Desired capacity of the worker group. The order of the rules is the policy:
 * unreadable → in flight → pause → bounds → pin → failed launches → up at once → no data → steps → down by the largest need of the window, one at a time.
 */
export function decideWorkers(tick: Tick): Verdict {
  const { scaling } = tick.config;
  const nowMs = tick.observation.atMs;
  const history = tick.memory.recommendations[KEY] ?? [];
  const windowMs = scaling.workers.scaleInWindowSeconds * 1000;
  const target = { kind: "workers" as const };

  if (!tick.observation.group.ok) {
    const reason: Reason = { code: "group-unreadable", numbers: { problem: tick.observation.group.problem } };
    // The window starts anew: nothing was watched in this tick.
    return { decision: { kind: "hold", target, current: 0, reason }, recommendations: [] };
  }
  const group = tick.observation.group.value;
  const { min, max } = groupBounds(tick.config, group);
  const current = group.desired;
  const need = workersNeed(tick, group);
  const needed = clamp(wholeUnits(need.atLeast), min, max);
  // Scale in only where the smaller group would be filled below scaleInShare.
  const keep =
    need.workers === undefined
      ? Math.max(current, needed)
      : clamp(wholeUnits(need.workers / scaling.workers.scaleInShare), needed, max);
  const window = stabilize(history, { atMs: nowMs, value: keep }, windowMs);
  const recommendations = window.recommendations;
  const numbers = { ...need.numbers, needed };

  const hold = (reason: Reason): Verdict => ({ decision: { kind: "hold", target, current, reason }, recommendations });
  const grow = (to: number, reason: Reason): Verdict => ({
    decision: { kind: "set-capacity", from: current, to, reason },
    recommendations,
  });
  const shrinkByOne = (reason: Reason): Verdict => {
    const booting = group.workers.filter(({ state }) => state === "pending").length;
    if (booting > 0) return hold({ code: "worker-booting", numbers: { ...reason.numbers, booting } });
    const leaving = group.workers.filter(({ state }) => state === "terminating").length;
    if (leaving > 0) return hold({ code: "worker-leaving", numbers: { ...reason.numbers, leaving } });
    const victim = pickVictim(group.workers);
    if (!victim) return hold({ code: "no-data", numbers: { problem: "no worker in service to choose from" } });
    return {
      decision: { kind: "terminate-worker", worker: victim.id, from: current, to: current - 1, reason },
      recommendations,
    };
  };

  if (tick.inFlight.has(KEY)) return hold({ code: "settling", numbers: { commanded: current } });
  const pause = activeOverride(tick, "pause");
  if (pause) return hold({ code: "paused", numbers: { untilMs: pause.expiresAtMs, by: pause.by } });
  if (current < min) return grow(clamp(needed, min, max), { code: "below-min", numbers: { current, min } });

  const pin = activeOverride(tick, "pin-workers");
  const { floor, ceiling } = heldBounds(tick.steps, KEY);
  const wanted = pin ? clamp(pin.workers, min, max) : Math.max(needed, floor ?? 0);
  if (wanted > current) {
    const wait = launchWait(tick.config, group, nowMs);
    if (wait) return hold(wait);
    if (pin)
      return grow(wanted, { code: "pinned", numbers: { pinned: pin.workers, untilMs: pin.expiresAtMs, by: pin.by } });
    if (needed > current) return grow(wanted, { code: need.cpuBinds ? "cpu-needs-more" : "load-needs-more", numbers });
    const code = need.workers === undefined && !tick.observation.metricsReadable ? "blind-step-up" : "test-step";
    return grow(wanted, { code, numbers: { step: wanted, ...numbers } });
  }

  if (need.workers === undefined) {
    return hold({
      code: tick.observation.metricsReadable ? "no-data" : "metrics-blind",
      numbers: { problem: need.problem },
    });
  }
  if (tick.breakerOpen && (current > needed || current > max))
    return hold({
      code: "breaker",
      numbers: { missingWorkers: tick.missingWorkers, limit: scaling.missingWorkersLimit },
    });
  if (current > max) return shrinkByOne({ code: "above-max", numbers: { current, max } });
  if (pin) {
    const reason: Reason = { code: "pinned", numbers: { pinned: pin.workers, untilMs: pin.expiresAtMs, by: pin.by } };
    return wanted < current ? shrinkByOne(reason) : hold(reason);
  }
  if (floor !== undefined) return hold({ code: "test-step", numbers: { step: floor, ...numbers } });
  if (ceiling !== undefined && ceiling < current) {
    if (ceiling >= needed) return shrinkByOne({ code: "test-step", numbers: { step: ceiling, ...numbers } });
    return hold({ code: "test-refused", numbers: { step: ceiling, ...numbers } });
  }

  if (needed === current) return hold({ code: needed === max ? "at-max" : "steady", numbers });
  const waitMs = window.waitMs(current - 1);
  if (waitMs > 0) {
    const code = keep >= current ? "within-tolerance" : "window-holds";
    return hold({
      code,
      numbers: { ...numbers, largestNeeded: window.largest, secondsLeft: Math.ceil(waitMs / 1000) },
    });
  }
  return shrinkByOne({
    code: "load-needs-fewer",
    numbers: { ...numbers, largestNeeded: window.largest, windowSeconds: scaling.workers.scaleInWindowSeconds },
  });
}

/** Why no further launch may be asked for now: wait after a failed one, give up after several in a row. */
function launchWait(config: FleetConfig, group: GroupObservation, nowMs: number): Reason | undefined {
  const { failedLaunchLimit, failedLaunchWaitSeconds } = config.scaling.workers;
  if (group.failedLaunches >= failedLaunchLimit)
    return { code: "failed-launch-limit", numbers: { failedLaunches: group.failedLaunches, limit: failedLaunchLimit } };
  const sinceMs =
    group.lastFailedLaunchAtMs === undefined ? Number.POSITIVE_INFINITY : nowMs - group.lastFailedLaunchAtMs;
  const leftMs = failedLaunchWaitSeconds * 1000 - sinceMs;
  return group.failedLaunches > 0 && leftMs > 0
    ? {
        code: "failed-launch-wait",
        numbers: { failedLaunches: group.failedLaunches, secondsLeft: Math.ceil(leftMs / 1000) },
      }
    : undefined;
}
