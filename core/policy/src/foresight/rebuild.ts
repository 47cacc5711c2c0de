import { noForecast } from "../forecast/forecast.ts";
import { noSeason, type Season, seasonAfter } from "../forecast/season.ts";
import { STEP_SECONDS } from "../forecast/trend.ts";
import { noBoots } from "./boots.ts";
import { type Foresight, type ForesightSettings, foresightAfter, noForesight } from "./foresight.ts";

/** Oldest first: the peak of the minute that ended at `atMs` (epoch ms), requests per second. Minutes that nobody knows are absent. */
type Minutes = readonly { readonly atMs: number; readonly value: number }[];

/** What a demand was, minute by minute. */
export interface DemandHistory {
  readonly services: Readonly<Record<string, Minutes>>;
  /** What could not be read, in words. */
  readonly problem?: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const STEP_MS = STEP_SECONDS * 1000;
/** Further back nobody looks. */
const MOST_DAYS = 9;
/** Between two samples that are further apart nobody knows what was. */
const HOLE_MS = 1.5 * MINUTE_MS;

/**
 * What would have been learned by `atMs`, had somebody watched this history: the season of all days; trend, bursts, waits and the ladder of
 * the last day, on a line between its minutes. Samples that are no rate, or not in order, count as absent. Takes about a second at most.
 */
export function foresightFrom(
  history: DemandHistory,
  now: { readonly atMs: number; readonly workers: number; readonly min: number; readonly max: number },
  settings: ForesightSettings,
): Foresight {
  const names = Object.keys(settings.capacities);
  const usable = names.map((name) => usableOf(history.services[name] ?? [], now.atMs));
  const fromMs = now.atMs - DAY_MS;
  const lines = usable.map((samples) => new Line(samples));
  let foresight: Foresight = {
    ...noForesight(fromMs, now.workers),
    services: Object.fromEntries(
      names.map((name, index) => [name, { ...noForecast, season: seasonBefore(usable[index] ?? [], fromMs) }]),
    ),
  };
  const look = (atMs: number, values: readonly (number | undefined)[]) =>
    foresightAfter(
      foresight,
      {
        atMs,
        demands: Object.fromEntries(names.map((name, index) => [name, values[index]])),
        boots: noBoots,
        busy: [],
        workers: now.workers,
        min: now.min,
        max: now.max,
        unread: 0,
      },
      settings,
    );
  let isHole = false;
  for (let atMs = fromMs; atMs < now.atMs; atMs += STEP_MS) {
    const values = lines.map((line) => line.at(atMs));
    const isRead = values.every((value) => value !== undefined);
    // A hole is told once, when it ends: then everything is waited for anew.
    if (isRead && isHole) foresight = look(atMs - 1, []);
    if (isRead) foresight = look(atMs, values);
    isHole = !isRead;
  }
  return {
    ...foresight,
    now: undefined,
    origin: {
      minutesOfDay: Math.min(...usable.map((samples) => samples.filter(({ atMs }) => atMs > fromMs).length)),
      minutes: Math.min(...usable.map(({ length }) => length)),
      problem: history.problem,
    },
  };
}

function usableOf(samples: Minutes, nowMs: number): Minutes {
  let lastMs = nowMs - MOST_DAYS * DAY_MS;
  return samples.filter(({ atMs, value }) => {
    const isUsable = atMs > lastMs && atMs <= nowMs && Number.isFinite(value) && value >= 0;
    if (isUsable) lastMs = atMs;
    return isUsable;
  });
}

function seasonBefore(samples: Minutes, untilMs: number): Season {
  let season = noSeason;
  for (const { atMs, value } of samples) {
    if (atMs > untilMs) break;
    // The minute that ended then.
    season = seasonAfter(season, atMs - 1, value);
  }
  return season;
}

/** The line through the middles of the minutes that the samples stand for, read from left to right. */
class Line {
  readonly #samples: Minutes;
  #next = 0;

  constructor(samples: Minutes) {
    this.#samples = samples.map(({ atMs, value }) => ({ atMs: atMs - MINUTE_MS / 2, value }));
  }

  /** Its value; undefined in a hole. Times must not go back. */
  at(atMs: number): number | undefined {
    while (this.#next < this.#samples.length && (this.#samples[this.#next]?.atMs ?? 0) <= atMs) this.#next++;
    const before = this.#samples[this.#next - 1];
    const after = this.#samples[this.#next];
    if (before === undefined) return undefined;
    if (after === undefined) return atMs - before.atMs < HOLE_MS ? before.value : undefined;
    if (after.atMs - before.atMs > HOLE_MS) return undefined;
    return before.value + ((after.value - before.value) * (atMs - before.atMs)) / (after.atMs - before.atMs);
  }
}
