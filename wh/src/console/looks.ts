import { fleetCost, MONTH_HOURS } from "@compose-fleet/cost";
import type { FleetConfig } from "@compose-fleet/fleet";
import { limitOf, limitsInForce, turningPoints } from "@compose-fleet/policy";
import type { CostView, LookAnswer, StatusAnswer, TurningPoint } from "@compose-fleet/wh-api";
import type { TickResult } from "../loop/tick-result.ts";
import { type Clock, monotonicOf, wallOf } from "../runtime/clock.ts";
import type { Views } from "../views/views.ts";
import type { TrafficWatch } from "./traffic.ts";
import type { Trend } from "./trend.ts";

const WHOLE_DECISIONS = 500;
/** Of a look that adds to an earlier one: as many as may have got an outcome since. */
const RECENT_DECISIONS = 50;

/** All that the console shows, in one answer. */
export interface Looks {
  /** With the trend since a time by the machine's clock; without one, all that is remembered. */
  look(sinceMs?: number): Promise<LookAnswer>;
}

export interface LooksDeps {
  readonly config: FleetConfig;
  readonly clock: Clock;
  readonly views: Pick<Views, "changes">;
  readonly status: () => Promise<StatusAnswer>;
  readonly lastTick: () => TickResult | undefined;
  readonly trend: Trend;
  readonly traffic: TrafficWatch;
  /** The build of the console that is served. */
  readonly build: string | null;
}

/** Looks at the last tick, the trend and the traffic. */
export function createLooks(deps: LooksDeps): Looks {
  const { clock, config } = deps;
  const capacities = Object.fromEntries(
    Object.entries(config.services).flatMap(([name, { capacity }]) =>
      capacity ? [[name, capacity.requestsPerSecond]] : [],
    ),
  );
  return {
    look: async (sinceMs) => {
      const status = await deps.status();
      const tick = deps.lastTick();
      const from = sinceMs === undefined ? Number.NEGATIVE_INFINITY : monotonicOf(clock, sinceMs);
      return {
        nowMs: clock.nowMs(),
        console: deps.build,
        isWhole: sinceMs === undefined,
        status,
        traffic: deps.traffic.latest(),
        cost: tick ? costOf(config, tick) : null,
        capacities,
        turningPoints: tick ? turningPointsOf(config, tick) : [],
        trend: deps.trend.since(from, (monotonicMs) => wallOf(clock, monotonicMs)),
        decisions: deps.views.changes(sinceMs === undefined ? WHOLE_DECISIONS : RECENT_DECISIONS),
      };
    },
  };
}

/** AWS is paid for whatever exists, whether it serves or not. */
function costOf(config: FleetConfig, { observation: { group } }: TickResult): CostView | null {
  if (!group.ok) return null;
  const now = fleetCost(config, group.value.workers.length);
  const fixed = fleetCost(config, config.workers.max);
  if (!now.ok || !fixed.ok) return null;
  const { usdPerHour } = now.value;
  return {
    usdPerHour,
    usdPerMonth: usdPerHour * MONTH_HOURS,
    fixedUsdPerHour: fixed.value.usdPerHour,
    budgetUsdPerMonth: config.budget.monthlyUsd,
  };
}

function turningPointsOf(
  config: FleetConfig,
  { limits, memory, observation, overrides, records }: TickResult,
): TurningPoint[] {
  const waits = new Map(records.map(({ reason, target }) => [target, reason.numbers.secondsLeft]));
  const inForce = limitsInForce([...limits, ...overrides.map(limitOf)], observation.atMs);
  return turningPoints({ config, observation, memory, limits: inForce }).map((point) => {
    const secondsLeft = waits.get(point.target);
    return {
      target: point.target,
      measure: point.measure,
      service: point.service ?? null,
      signal: point.signal ?? null,
      now: point.now ?? null,
      growsAbove: point.growsAbove ?? null,
      shrinksBelow: point.shrinksBelow ?? null,
      secondsLeft: typeof secondsLeft === "number" ? secondsLeft : null,
    };
  });
}
