import { type FleetConfig, type ScheduleConfig, type WindowState, windowState } from "@compose-fleet/fleet";
import type { Limit } from "@compose-fleet/policy";
import { type Clock, monotonicOf } from "../runtime/clock.ts";

interface Look {
  readonly atMs: number;
  readonly state: WindowState;
}

/** What the schedules of fleet.yaml say now; ends are times of the monotonic clock. Computed from the time alone, so both scalers say the same. */
export function createScheduledLimits(
  { schedules }: Pick<FleetConfig, "schedules">,
  clock: Clock,
): () => readonly Limit[] {
  const looks = new Map<ScheduleConfig, Look>();
  const stateOf = (schedule: ScheduleConfig, nowMs: number): WindowState => {
    const known = looks.get(schedule);
    // A clock that was set back may be before the window that was seen.
    if (known && nowMs >= known.atMs && nowMs < (known.state.changesAtMs ?? Number.POSITIVE_INFINITY))
      return known.state;
    const state = windowState(schedule, nowMs);
    looks.set(schedule, { atMs: nowMs, state });
    return state;
  };
  return () => {
    const nowMs = clock.nowMs();
    return schedules.flatMap((schedule) => {
      const { holds, changesAtMs } = stateOf(schedule, nowMs);
      return holds ? [limitOf(schedule, changesAtMs && monotonicOf(clock, changesAtMs))] : [];
    });
  };
}

function limitOf({ name, service, min, max, reason }: ScheduleConfig, untilMs: number | undefined): Limit {
  return {
    id: name,
    source: "schedule",
    target: service === undefined ? { kind: "workers" } : { kind: "replicas", service },
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    by: `the schedule ${name}`,
    ...(reason === undefined ? {} : { reason }),
    ...(untilMs === undefined ? {} : { untilMs }),
  };
}
