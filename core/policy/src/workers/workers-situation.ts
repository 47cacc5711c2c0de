import type { Reason, Target } from "../decision/decision.ts";
import { withoutOf } from "../foresight/origin.ts";
import { type Capacity, capacityOf } from "../group/capacity.ts";
import { groupBounds } from "../group/group-bounds.ts";
import { isTaken, type Taken } from "../group/taken.ts";
import { isDead } from "../group/watch.ts";
import { type AskedBounds, askedBounds, pinOf } from "../limits/limit.ts";
import { type WorkersNeed, workersNeed } from "../needs/workers-need.ts";
import { clamp, wholeUnits } from "../numbers/bounds.ts";
import type { GroupObservation, WorkerObservation } from "../observation/observation.ts";
import type { PerhapsStale } from "../rules/stale-data.ts";
import { heldBounds, type Steppable } from "../signals/one-step.ts";
import type { Known, Situation } from "../situation/situation.ts";
import { stabilize } from "../situation/stabilization.ts";
import { type LearnedWindow, learnedWindow } from "./learned-window.ts";

/** The worker group's key among targets. */
export const WORKERS = "workers";

/** What the rules of the worker group look at, computed once a tick. Numbers are workers. */
export interface WorkersSituation extends PerhapsStale, LearnedWindow {
  readonly target: Extract<Target, { kind: "workers" }>;
  readonly group: GroupObservation;
  /** The tighter of our bounds and AWS's. */
  readonly min: number;
  readonly max: number;
  /** The desired capacity. */
  readonly current: number;
  /** Workers that serve, and that AWS takes away. */
  readonly taken: readonly Taken[];
  /** How many the group counts and nobody may count on: those that drain, and those. */
  readonly out: number;
  /** A draining worker that lives, and stays: it comes back at once, as no launch does. */
  readonly returning: WorkerObservation | undefined;
  /** The desired capacity without those that are out: the group counts them until they are ended, as capacity they are gone. */
  readonly capacity: number;
  /** A little more is needed, and not for long enough to act on it. */
  readonly isExcessSmall: boolean;
  readonly there: Capacity;
  /** As many exist as may, so that no further one can be launched beside them. */
  readonly hasNoRoom: boolean;
  readonly need: WorkersNeed;
  /** What is known to be needed, within bounds. */
  readonly needed: number;
  /** What may be needed where not all can be read: nobody leaves below that. */
  readonly floorNeed: number;
  /** The number that the scale-in window remembers of this tick. */
  readonly keep: number;
  /** For people: what the load needs, and why. */
  readonly numbers: Reason["numbers"];
  /** The bounds as overrides, schedules and the budget narrow them. */
  readonly asked: AskedBounds;
  /** A pin, as the reason for what it asks. */
  readonly pinned: Reason | undefined;
  /** `floorNeed` within what is asked for. */
  readonly askedNeed: number;
  /** Numbers that active signals hold the group at. */
  readonly floor: number | undefined;
  readonly ceiling: number | undefined;
  /** The need and the floor. */
  readonly unlimited: number;
  /** What is asked for now: that, within limits. */
  readonly wanted: number;
}

/** The group of this tick as its rules look at it. */
export function workersSituation(situation: Situation, group: GroupObservation): WorkersSituation {
  const { config, demands, draining, memory, observation, serving } = situation;
  const { workers: parameters } = config.scaling;
  const { min, max } = groupBounds(config, group);
  const current = group.desired;
  const there = capacityOf(situation, group);
  const need = workersNeed(situation, group);
  const taken = serving.filter(isTaken);
  const out = draining.length + taken.length;
  const capacity = Math.max(0, current - out);
  const needed = clamp(wholeUnits(need.atLeast), min, max);
  // Scale in only where the smaller group would be filled below scaleInShare.
  const keep =
    need.workers === undefined
      ? Math.max(current, needed)
      : clamp(wholeUnits(need.workers / parameters.scaleInShare), needed, max);
  const recent = stabilize(memory.window, memory.atMs, observation.atMs, keep, parameters.scaleInWindowSeconds * 1000);
  const isExcessSmall = needed > capacity && memory.foresight?.now?.isExcessEnough === false;
  const asked = askedBounds(situation.limits, undefined, { min, max });
  const floorNeed = Math.max(min, need.workers === undefined ? needed : clamp(wholeUnits(need.workers), min, max));
  const { floor, ceiling } = heldBounds(situation.steps, { kind: "workers" });
  const unlimited = Math.max(isExcessSmall ? capacity : needed, Math.min(floor ?? 0, max));
  return {
    target: { kind: "workers" },
    commandedBefore: undefined,
    loadProblem: need.workers === undefined ? need.problem : undefined,
    wouldShrink: current > needed || current > max || draining.length > 0,
    config,
    observation,
    memory,
    steps: situation.steps,
    limits: situation.limits,
    inFlight: situation.inFlight,
    breakerOpen: situation.breakerOpen,
    missingWorkers: situation.missingWorkers,
    losses: situation.losses,
    serving,
    demands,
    group,
    min,
    max,
    current,
    draining,
    taken,
    out,
    returning: draining.find((worker) => !isTaken(worker) && !isDead(worker, memory, observation.atMs, config)),
    capacity,
    isExcessSmall,
    there,
    hasNoRoom: there.exists >= max && there.unfilled === 0,
    need,
    needed,
    floorNeed,
    askedNeed: clamp(floorNeed, asked.least, asked.most),
    keep,
    ...learnedWindow(memory.foresight, recent, current),
    numbers: { ...need.numbers, needed, ...withoutNumbers(situation) },
    asked,
    pinned: pinOf(asked),
    floor,
    ceiling,
    unlimited,
    wanted: clamp(unlimited, asked.least, asked.most),
  };
}

/** What the decision does without, where foresight is asked for; for people. */
function withoutNumbers({ config, memory }: Situation): Reason["numbers"] {
  if (!config.scaling.predictive.enabled) return {};
  const without =
    memory.foresight === undefined
      ? "foresight: the history has not been read yet"
      : withoutOf(memory.foresight.origin);
  return without === undefined ? {} : { without };
}

/** The worker group as a signal sees it; undefined when it cannot be read. */
export function steppableWorkers(situation: Known): Steppable | undefined {
  if (!situation.observation.group.ok) return undefined;
  const group = situation.observation.group.value;
  const need = workersNeed(situation, group).workers;
  return {
    key: WORKERS,
    current: group.desired - situation.draining.length,
    ...groupBounds(situation.config, group),
    needed: need === undefined ? undefined : wholeUnits(need),
    pressure: 0,
  };
}
