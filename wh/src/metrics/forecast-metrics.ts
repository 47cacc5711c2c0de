import { Gauge, type Registry } from "prom-client";
import type { TickResult } from "../loop/tick-result.ts";

interface Foreseen {
  readonly forMs: number;
  readonly requestsPerSecond: number;
}

/** Ticks may follow each other within a second; a forecast is another one every 15 s. */
const SPACING_MS = 5_000;
/** One that is older than this says nothing of now: nobody could foresee meanwhile. */
const OLD_MS = 60_000;

/**
 * What was foreseen for now, so that it lies over what there is: a forecast is kept until its time has come. Returns what is told of each
 * tick. Without foresight, and for as long as it looks ahead after a start, nothing is exported.
 */
export function createForecastMetrics(registry: Registry): (result: TickResult) => void {
  const gauge = new Gauge({
    name: "wh_forecast_requests_per_second",
    help: "With foresight: the demand of now as it was foreseen, by the trend, when a worker launched then would serve now",
    labelNames: ["service"],
    registers: [registry],
  });
  const kept = new Map<string, Foreseen[]>();
  return ({ memory: { foresight }, observation: { atMs } }) => {
    for (const [service, { outlook }] of Object.entries(foresight?.services ?? {})) {
      const waiting = kept.get(service) ?? [];
      kept.set(service, waiting);
      const forMs = atMs + 1000 * (foresight?.now?.aheadSeconds ?? Number.NaN);
      const last = waiting.at(-1);
      if (outlook && forMs - (last?.forMs ?? Number.NEGATIVE_INFINITY) >= SPACING_MS)
        waiting.push({ forMs, requestsPerSecond: outlook.trend });
      while ((waiting[1]?.forMs ?? Number.POSITIVE_INFINITY) <= atMs) waiting.shift();
      const [due] = waiting;
      if (due === undefined || due.forMs > atMs) continue;
      if (atMs - due.forMs > OLD_MS) gauge.remove({ service });
      else gauge.set({ service }, due.requestsPerSecond);
    }
  };
}
