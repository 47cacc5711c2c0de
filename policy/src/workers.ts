import { findNeverServed } from "./boot.ts";
import { clamp, wholeUnits } from "./bounds.ts";
import { capacityOf } from "./capacity.ts";
import type { Reason } from "./decision.ts";
import { drainProgress } from "./drain.ts";
import type { FleetConfig } from "./fleet-config/schema.ts";
import { frozen, tooFewServe } from "./freeze.ts";
import { awsSays, giveUpLaunches, launchWait, withoutUnfilled } from "./launches.ts";
import type { GroupObservation } from "./observation.ts";
import { findDead, othersSay } from "./replace.ts";
import { heldBounds, type Steppable } from "./signals.ts";
import { stabilize } from "./stabilization.ts";
import { activeOverride, type Tick, type Verdict } from "./tick.ts";
import { pickVictim } from "./victim.ts";
import { isDead, servingWorkers } from "./watch.ts";
import { workersNeed } from "./workers-need.ts";

const KEY = "workers";

/** Bounds of the group: the tighter of ours and AWS's, since the API accepts numbers beyond ours. */
function groupBounds(config: FleetConfig, group: GroupObservation): { min: number; max: number } {
  const max = Math.min(config.workers.max, group.max);
  return { min: Math.min(Math.max(config.workers.min, group.min), max), max };
}

/** The worker group as a signal sees it; undefined when it cannot be read. */
export function steppableWorkers(tick: Pick<Tick, "config" | "observation" | "memory">): Steppable | undefined {
  if (!tick.observation.group.ok) return undefined;
  const group = tick.observation.group.value;
  const need = workersNeed(tick, group).workers;
  return {
    key: KEY,
    current: group.desired - servingWorkers(tick, true).length,
    ...groupBounds(tick.config, group),
    needed: need === undefined ? undefined : wholeUnits(need),
    pressure: 0,
  };
}

/**
 * Desired capacity of the worker group. The order of the rules is the policy:
 * unreadable → in flight → pause → bounds → take back launches that failed too often → pin → back from a drain → failed launches → up at once →
 * replace what is dead → give up what never served → no data → breaker → end what has drained → steps →
 * down by the largest need of the window: first what was asked for and does not exist, then one at a time, by draining.
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
  // The group counts a draining worker until it is terminated; as capacity it is gone already.
  const draining = servingWorkers(tick, true);
  const capacity = Math.max(0, current - draining.length);
  const there = capacityOf(tick, group);
  const { booting, leaving } = there;
  const need = workersNeed(tick, group);
  const needed = clamp(wholeUnits(need.atLeast), min, max);
  // What may be needed where not all can be read: nobody leaves below that.
  const floorNeed = Math.max(min, need.workers === undefined ? needed : clamp(wholeUnits(need.workers), min, max));
  // Scale in only where the smaller group would be filled below scaleInShare.
  const keep =
    need.workers === undefined
      ? Math.max(current, needed)
      : clamp(wholeUnits(need.workers / scaling.workers.scaleInShare), needed, max);
  const window = stabilize(history, { atMs: nowMs, value: keep }, windowMs);
  const recommendations = window.recommendations;
  const numbers = { ...need.numbers, needed };

  const pin = activeOverride(tick, "pin-workers");
  const { floor, ceiling } = heldBounds(tick.steps, KEY);
  const wanted = pin ? clamp(pin.workers, min, max) : Math.max(needed, Math.min(floor ?? 0, max));

  const hold = (reason: Reason): Verdict => ({ decision: { kind: "hold", target, current, reason }, recommendations });
  // A worker that drains and lives comes back at once: no launch is that fast.
  const returning = draining.find((worker) => !isDead(worker, tick.memory, nowMs, tick.config));
  const comeBack = (worker: string, from: number, reason: Reason): Verdict => ({
    decision: { kind: "cancel-drain", worker, from, to: from + 1, reason },
    recommendations,
    drain: { worker, started: false },
  });
  const grow = (serving: number, reason: Reason): Verdict | undefined => {
    if (returning) return comeBack(returning.id, capacity, reason);
    const to = Math.min(serving + draining.length, Math.max(max, serving));
    const launch: Verdict = { decision: { kind: "set-capacity", from: current, to, reason }, recommendations };
    return to > current ? launch : undefined;
  };
  const end = (
    kind: "terminate-worker" | "replace-worker",
    worker: string,
    reason: Reason,
    despiteBusy = false,
  ): Verdict => {
    const freeze = frozen(group, despiteBusy);
    if (freeze) return hold(freeze);
    if (leaving > 0) return hold({ code: "worker-leaving", numbers: { ...reason.numbers, leaving } });
    const to = kind === "terminate-worker" ? current - 1 : current;
    return { decision: { kind, worker, from: current, to, reason }, recommendations };
  };
  // Down to `to`: what does not exist at once, workers one at a time, and none while no more than `atLeast` serve.
  const shrink = (to: number, reason: Reason, atLeast = floorNeed): Verdict => {
    const unfilled = withoutUnfilled(tick, there, to);
    if (unfilled === "wait")
      return hold({ code: "worker-booting", numbers: { ...reason.numbers, booting: there.unfilled } });
    if (unfilled !== undefined)
      return { decision: { kind: "set-capacity", from: current, to: unfilled, reason }, recommendations };
    if (booting > 0) return hold({ code: "worker-booting", numbers: { ...reason.numbers, booting } });
    if (leaving > 0) return hold({ code: "worker-leaving", numbers: { ...reason.numbers, leaving } });
    const freeze = frozen(group);
    if (freeze) return hold(freeze);
    const victim = pickVictim(servingWorkers(tick));
    if (!victim) return hold({ code: "no-data", numbers: { problem: "no worker in service to choose from" } });
    const others = there.proven.filter(({ id }) => id !== victim.id);
    const tooFew = tooFewServe(others, atLeast);
    if (tooFew) return hold(tooFew);
    return {
      decision: { kind: "drain-worker", worker: victim.id, from: current, to: current - 1, reason },
      recommendations,
      drain: { worker: victim.id, started: true },
    };
  };

  // One more beside `idle` workers that nobody may end now, where the load needs what they do not serve.
  const beside = (idle: number, worker: string, seconds: number): Verdict | undefined => {
    if (group.busyWith === undefined || wanted <= capacity - idle || launchWait(tick, group)) return undefined;
    const reason: Reason = { code: "unhealthy-busy", numbers: { worker, seconds, busyWith: group.busyWith } };
    return grow(Math.min(wanted + idle, max), reason);
  };

  if (tick.inFlight.has(KEY)) return hold({ code: "settling", numbers: { commanded: current } });
  const pause = activeOverride(tick, "pause");
  if (pause) return hold({ code: "paused", numbers: { untilMs: pause.expiresAtMs, by: pause.by } });
  if (capacity < min) {
    const filled = grow(clamp(needed, min, max), { code: "below-min", numbers: { current: capacity, min } });
    if (filled) return filled;
  }
  const givenUp = giveUpLaunches(tick, group, there, min + draining.length);
  if (givenUp) return { decision: { from: current, ...givenUp }, recommendations };

  const pinned: Reason | undefined = pin && {
    code: "pinned",
    numbers: { pinned: pin.workers, untilMs: pin.expiresAtMs, by: pin.by },
  };
  if (wanted > capacity) {
    const wait = returning ? undefined : launchWait(tick, group);
    if (wait) return hold(wait);
    const isBlind = need.workers === undefined && !tick.observation.metricsReadable;
    const stepped: Reason = {
      code: isBlind ? "blind-step-up" : "test-step",
      numbers: { step: wanted, ...numbers },
    };
    const loaded: Reason = { code: need.cpuBinds ? "cpu-needs-more" : "load-needs-more", numbers };
    const grown = grow(wanted, pinned ?? (needed > capacity ? loaded : stepped));
    if (grown) return grown;
  }
  // What was asked for is no help to a load that is there: whoever drains and lives comes back when too few others serve.
  const tooFew = tooFewServe(there.hopeful, Math.max(wanted, min));
  if (returning && tooFew) return comeBack(returning.id, there.hopeful.length, tooFew);

  const hasNoRoom = there.exists >= max && there.unfilled === 0;
  const dead = leaving === 0 ? findDead(tick) : undefined;
  if (dead) {
    const sure = othersSay(tick, dead.worker);
    const silent = { worker: dead.worker.id, seconds: dead.seconds };
    const isWaitedFor = dead.seconds < scaling.workers.bootSeconds;
    const more = sure === "dead" && isWaitedFor ? beside(dead.count, dead.worker.id, dead.seconds) : undefined;
    if (more) return more;
    if (sure === "dead" || (sure === "alone" && hasNoRoom))
      return end("replace-worker", dead.worker.id, { code: "unhealthy", numbers: silent }, !isWaitedFor);
    const wait = launchWait(tick, group);
    const oneMore = grow(current + 1, { code: "unhealthy-alone", numbers: silent });
    // Only one: what was launched for it may still be on its way.
    if (sure === "alone" && !wait && oneMore && there.unfilled === 0 && booting === 0) return oneMore;
  }

  const neverServed = leaving === 0 ? findNeverServed(tick) : undefined;
  if (neverServed) {
    const { id } = neverServed.worker;
    const sure = othersSay(tick, neverServed.worker);
    const numbers = { worker: id, seconds: neverServed.seconds };
    const isSure = sure === "dead" || (sure === "alone" && hasNoRoom);
    const isWaitedFor = neverServed.seconds < 2 * scaling.workers.bootSeconds;
    // It serves nobody: where fewer are needed it goes at once, whatever failed before.
    if (isSure && capacity > min && wanted < capacity && need.workers !== undefined && !tick.breakerOpen)
      return { ...end("terminate-worker", id, { code: "never-served", numbers }, !isWaitedFor), failedBoot: id };
    const wait = sure === "unsure" ? undefined : launchWait(tick, group, id);
    // A drain under way is not held up by it.
    if (wait && draining.length === 0) return hold(wait);
    if (isSure && !wait)
      return { ...end("replace-worker", id, { code: "never-served", numbers }, !isWaitedFor), failedBoot: id };
    const oneMore = grow(current + 1, { code: "never-served-alone", numbers });
    if (sure === "alone" && !neverServed.isGivenUp && !wait && oneMore && there.unfilled === 0 && booting === 0)
      return { ...oneMore, failedBoot: id };
  }

  if (need.workers === undefined) {
    return hold({
      code: tick.observation.metricsReadable ? "no-data" : "metrics-blind",
      numbers: { problem: need.problem },
    });
  }
  if (tick.breakerOpen && (current > needed || current > max || draining.length > 0))
    return hold({
      code: "breaker",
      numbers: { missingWorkers: tick.missingWorkers, limit: scaling.missingWorkersLimit },
    });
  for (const worker of draining) {
    const { mayTerminate, reason } = drainProgress(tick, worker);
    const tooFewLeft = reason.code === "drain-dead" ? undefined : tooFewServe(there.proven, pin ? wanted : floorNeed);
    if (!mayTerminate || tooFewLeft) return hold(tooFewLeft && mayTerminate ? tooFewLeft : reason);
    // One that died while it drained, and would leave fewer than the minimum, is replaced.
    return end(current > min ? "terminate-worker" : "replace-worker", worker.id, reason);
  }
  if (current > max) return shrink(max, { code: "above-max", numbers: { current, max } });
  if (pinned) return wanted < current ? shrink(wanted, pinned, wanted) : hold(pinned);
  if (floor !== undefined) return hold({ code: "test-step", numbers: { step: floor, ...numbers } });
  if (ceiling !== undefined && ceiling < current) {
    if (ceiling >= needed)
      return shrink(Math.max(ceiling, min), { code: "test-step", numbers: { step: ceiling, ...numbers } });
    return hold({ code: "test-refused", numbers: { step: ceiling, ...numbers } });
  }

  if (needed === current) {
    if (there.unfilled > 0)
      return hold({ code: "unfilled", numbers: { desired: current, exists: there.exists, awsSays: awsSays(group) } });
    return hold({ code: needed === max ? "at-max" : "steady", numbers });
  }
  const waitMs = window.waitMs(current - 1);
  if (waitMs > 0) {
    if (need.problem && keep >= current) return hold({ code: "no-data", numbers: { problem: need.problem } });
    const code = keep >= current ? "within-tolerance" : "window-holds";
    return hold({
      code,
      numbers: { ...numbers, largestNeeded: window.largest, secondsLeft: Math.ceil(waitMs / 1000) },
    });
  }
  return shrink(clamp(window.largest, min, max), {
    code: "load-needs-fewer",
    numbers: { ...numbers, largestNeeded: window.largest, windowSeconds: scaling.workers.scaleInWindowSeconds },
  });
}
