import type { FleetConfig } from "@compose-fleet/fleet";
import type { Reading } from "@compose-fleet/policy";
import type { TrendPoint } from "@compose-fleet/wh-api";
import type { TickResult } from "../loop/tick-result.ts";

/** The last hours of the chart, in memory: a scaler that restarts begins anew. */
export interface Trend {
  onTick(result: TickResult): void;
  /** Later than `sinceMs` of the monotonic clock, oldest first; times as people know them. */
  since(sinceMs: number, wallMs: (monotonicMs: number) => number): readonly TrendPoint[];
}

const POINTS = 720;
/** Two hours at most: ticks that follow each other faster than this share a point, the newest. */
const SPACING_MS = 9_000;

/** A trend of at most 720 points. */
export function createTrend(config: FleetConfig): Trend {
  const points: TrendPoint[] = [];
  let lastSlotMs = Number.NEGATIVE_INFINITY;
  return {
    onTick: (result) => {
      const point = pointOf(config, result);
      if (point.atMs - lastSlotMs < SPACING_MS) {
        points[points.length - 1] = point;
        return;
      }
      lastSlotMs = point.atMs;
      points.push(point);
      if (points.length > POINTS) points.shift();
    },
    since: (sinceMs, wallMs) =>
      points
        .filter(({ atMs }) => atMs > sinceMs)
        .map((point) => ({
          ...point,
          atMs: wallMs(point.atMs),
          services: Object.fromEntries(
            Object.entries(point.services).map(([name, { forecastForMs, ...service }]) => [
              name,
              { ...service, forecastForMs: forecastForMs === null ? null : wallMs(forecastForMs) },
            ]),
          ),
        })),
  };
}

function pointOf(config: FleetConfig, { memory, observation }: TickResult): TrendPoint {
  const { atMs, group } = observation;
  const serving = group.ok ? group.value.workers.filter(({ state }) => state === "in-service") : [];
  const foreseen = memory.foresight?.now;
  return {
    atMs,
    workers: group.ok ? serving.length : null,
    services: Object.fromEntries(
      Object.entries(config.services).map(([name, { capacity }]) => {
        const outlook = foreseen && memory.foresight?.services[name]?.outlook;
        const replicas = total(serving.map(({ services }) => services[name]?.replicasReady));
        return [
          name,
          {
            load: numberOf(observation.demand[name]),
            capacity: replicas === null || capacity === undefined ? null : replicas * capacity.requestsPerSecond,
            forecast: outlook?.trend ?? null,
            forecastForMs: outlook && foreseen ? atMs + foreseen.aheadSeconds * 1000 : null,
          },
        ];
      }),
    ),
  };
}

function numberOf(reading: Reading | undefined): number | null {
  return reading?.ok ? reading.value : null;
}

/** Null unless each can be read: a part of the capacity would look like a loss of it. */
function total(readings: readonly (Reading | undefined)[]): number | null {
  let sum = 0;
  for (const reading of readings) {
    if (!reading?.ok) return null;
    sum += reading.value;
  }
  return readings.length === 0 ? null : sum;
}
