import type { FleetConfig } from "@compose-fleet/fleet";
import type { DemandHistory } from "@compose-fleet/policy";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { HistoryReader } from "./metrics-reader.ts";
import { DEMAND_HISTORY_QUERY } from "./queries.ts";

const DAY_SECONDS = 86_400;
const STEP_SECONDS = 60;
/** The season looks back for a week. */
const DAYS = 8;
/** Prometheus may start together with the scaler: so the newest day is asked for again, and in the end done without. */
const RETRY_MS = 30_000;
const TRIES = 10;

export interface DemandHistoryDeps {
  readonly config: FleetConfig;
  readonly clock: Clock;
  readonly history: HistoryReader;
  readonly log: Log;
}

/** What the demand was before this scaler started, for foresight. */
export interface DemandHistoryKeeper {
  /** Begins to read; does nothing where nobody foresees. */
  start(): void;
  /** What is known by now. */
  read(): DemandHistory | "awaited" | undefined;
  stop(): void;
}

/** Reads the history once, a day at a time, the newest first. A day that cannot be read is a hole. Never throws. */
export function createDemandHistory({ config, clock, history, log }: DemandHistoryDeps): DemandHistoryKeeper {
  const { enabled } = config.scaling.predictive;
  let known: DemandHistory | "awaited" | undefined = enabled ? "awaited" : undefined;
  let cancel = () => {};
  let isStopped = false;

  const readDay = async (back: number, toSeconds: number) =>
    history.range(DEMAND_HISTORY_QUERY, {
      fromSeconds: toSeconds - (back + 1) * DAY_SECONDS + STEP_SECONDS,
      toSeconds: toSeconds - back * DAY_SECONDS,
      stepSeconds: STEP_SECONDS,
    });
  const read = async (tries: number) => {
    const toSeconds = Math.floor(clock.nowMs() / 60_000) * 60;
    const newest = await readDay(0, toSeconds);
    if (isStopped) return;
    if (!newest.ok && tries < TRIES) {
      cancel = clock.after(RETRY_MS, () => void read(tries + 1));
      return;
    }
    const days = [newest];
    for (let back = 1; back < DAYS && newest.ok && !isStopped; back++) days.unshift(await readDay(back, toSeconds));
    const problem = days.flatMap((day) => (day.ok ? [] : [day.problem])).at(-1);
    // The policy's clock never jumps; Prometheus' is the machine's.
    const offsetMs = clock.monotonicMs() - clock.nowMs();
    known = { services: servicesOf(config, days, offsetMs), ...(problem !== undefined && { problem }) };
    if (problem !== undefined)
      log.warn({ problem }, "a part of the demand's history cannot be read: foresight does without");
  };
  return {
    start: () => {
      if (enabled) void read(1);
    },
    read: () => known,
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
}

function servicesOf(
  config: FleetConfig,
  days: readonly Awaited<ReturnType<HistoryReader["range"]>>[],
  offsetMs: number,
): DemandHistory["services"] {
  const services: Record<string, { readonly atMs: number; readonly value: number }[]> = {};
  for (const name of Object.keys(config.services)) services[name] = [];
  for (const day of days)
    for (const { labels, values } of day.ok ? day.series : [])
      for (const [seconds, value] of values)
        services[labels.service ?? ""]?.push({ atMs: seconds * 1000 + offsetMs, value });
  return services;
}
