import { type Burst, type BurstSeen, burstAfter, noBurst } from "./burst.ts";
import { type Fluctuation, fluctuationAfter } from "./fluctuation.ts";
import { meanOfLast, type Recent, withSample } from "./recent.ts";
import { noSeason, type Season, type SeasonAhead, seasonAfter, seasonAhead } from "./season.ts";
import { noSpread, type Spread, sigmaOf, spreadAfter } from "./spread.ts";
import { STEP_SECONDS, type Trend, trendAfter, trendIn } from "./trend.ts";

/** What is known of one service's demand. A plain value of bounded size; it may be lost at any time. */
export interface Forecast {
  readonly recent: Recent;
  /** When trend, spread and fluctuation were last taken a step on, epoch ms. */
  readonly steppedAtMs: number;
  readonly trend: Trend | undefined;
  readonly spread: Spread;
  readonly fluctuation: Fluctuation;
  readonly burst: Burst;
  readonly season: Season;
  /** Of the last step. */
  readonly outlook: Outlook | undefined;
}

/** The demand as it is and as it will be, requests per second. */
export interface Outlook {
  readonly atMs: number;
  /** Mean of the last minute, and of the last 15 s. */
  readonly now: number;
  readonly latest: number;
  /** By the trend, when a worker that is launched now will serve, and when a replica will. */
  readonly trend: number;
  readonly trendSoon: number;
  /** Standard deviation of the demand above its forecasts. */
  readonly sigma: number;
  readonly fluctuation: Fluctuation;
  readonly burst: BurstSeen | undefined;
  readonly season: SeasonAhead | undefined;
}

interface ForecastSettings {
  /** What one worker sustains, requests per second. */
  readonly capacity: number;
  /** Seconds until a worker that is launched now serves and is seen to. */
  readonly ahead: number;
}

const SOON_SECONDS = 30;
/** Ticks are not on a grid: a step may come this much early. */
const SLACK_MS = 2_500;
/** After a gap of this length the samples before it say nothing of the present. */
const GAP_MS = 60_000;

export const noForecast: Forecast = {
  recent: [],
  steppedAtMs: 0,
  trend: undefined,
  spread: noSpread,
  fluctuation: 0,
  burst: noBurst,
  season: noSeason,
  outlook: undefined,
};

/** One sample on. Bursts are looked for at each one, everything else every 15 s. Takes the same time whatever is remembered. */
export function forecastAfter(
  before: Forecast,
  sample: { readonly atMs: number; readonly value: number },
  settings: ForecastSettings,
): Forecast & { readonly outlook: Outlook } {
  const { atMs } = sample;
  const forecast = isAfterGap(before, atMs) ? afterGap(before) : before;
  const recent = withSample(forecast.recent, sample);
  const latest = meanOfLast(recent, 15);
  const { burst, seen } = burstAfter(forecast.burst, recent, settings);
  const season = seasonAfter(forecast.season, atMs, meanOfLast(recent, 30));
  const sampled = { ...forecast, recent, burst, season };
  const { outlook } = forecast;
  if (outlook !== undefined && atMs - forecast.steppedAtMs < STEP_SECONDS * 1000 - SLACK_MS)
    return { ...sampled, outlook: { ...outlook, atMs, now: meanOfLast(recent, 60), latest, burst: seen } };
  return stepped(sampled, atMs, latest, seen, settings);
}

function stepped(
  forecast: Forecast,
  atMs: number,
  latest: number,
  burst: BurstSeen | undefined,
  { ahead }: ForecastSettings,
): Forecast & { readonly outlook: Outlook } {
  const now = meanOfLast(forecast.recent, 60);
  const trend = trendAfter(forecast.trend, latest);
  const expected = trendIn(trend, ahead);
  const spread = spreadAfter(forecast.spread, {
    atMs,
    value: latest,
    forecast: expected,
    dueMs: atMs + ahead * 1000 - SLACK_MS,
  });
  const fluctuation = fluctuationAfter(forecast.fluctuation, latest, now);
  const outlook = {
    atMs,
    now,
    latest,
    trend: expected,
    trendSoon: trendIn(trend, SOON_SECONDS),
    sigma: sigmaOf(spread),
    fluctuation,
    burst,
    season: seasonAhead(forecast.season),
  };
  return { ...forecast, steppedAtMs: atMs, trend, spread, fluctuation, outlook };
}

function isAfterGap({ recent }: Forecast, atMs: number): boolean {
  const last = recent.at(-1);
  return last !== undefined && (atMs < last.atMs || atMs - last.atMs > GAP_MS);
}

/** What was learned stays, what was watched goes. */
function afterGap(forecast: Forecast): Forecast {
  return {
    ...forecast,
    recent: [],
    steppedAtMs: 0,
    trend: undefined,
    spread: { ...forecast.spread, open: [] },
    burst: { ...forecast.burst, watched: [] },
    outlook: undefined,
  };
}
