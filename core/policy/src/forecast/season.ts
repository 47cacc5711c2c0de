import { clamp } from "../numbers/bounds.ts";

/** What the days before were like, minute by minute. Memory is bounded: nine days of minutes. */
export interface Season {
  /** Number of the minute (epoch minutes) whose peak is being watched. */
  readonly slot: number;
  /** Its highest demand so far. */
  readonly peak: number;
  /** By day number modulo `KEPT_DAYS`: the day, and its minutes; `ABSENT` where nothing was seen. */
  readonly days: readonly (Day | null)[];
  /** Medians of the minutes from `slot` on. */
  readonly ahead: readonly number[];
  /** The last finished minute against the median of its like. */
  readonly ratio: number;
  /** Forecasts for the coming minutes, by the season and by "as it is now", oldest first. */
  readonly open: readonly { readonly slot: number; readonly bySeason: number; readonly byNow: number }[];
  readonly seasonError: number;
  readonly nowError: number;
  readonly comparisons: number;
}

interface Day {
  readonly day: number;
  readonly minutes: readonly number[];
}

/** What the days before say of the coming minutes; peaks in requests per second. */
export interface SeasonAhead {
  /** 1: always right, 0: no better than "as it is now". */
  readonly skill: number;
  readonly next3Minutes: number;
  readonly next30Minutes: number;
}

const MINUTES_A_DAY = 1440;
const KEPT_DAYS = 9;
const DAYS_BACK = 7;
const SAME_WEEKDAY_WEIGHT = 3;
const LEAST_VALUES = 3;
const AHEAD = 31;
const JUDGED_AHEAD = 5;
const JUDGE_GAIN = 0.02;
const LEAST_COMPARISONS = 50;
const LEAST_RATIO = 0.6;
const MOST_RATIO = 1.6;
const ABSENT = -1;

export const noSeason: Season = {
  slot: ABSENT,
  peak: 0,
  days: Array.from({ length: KEPT_DAYS }, () => null),
  ahead: [],
  ratio: 1,
  open: [],
  seasonError: 0,
  nowError: 0,
  comparisons: 0,
};

/** One sample on: `value` is the demand of the last 30 s. */
export function seasonAfter(season: Season, atMs: number, value: number): Season {
  const slot = Math.floor(atMs / 60_000);
  if (slot === season.slot) return value > season.peak ? { ...season, peak: value } : season;
  // Time does not go backwards; where it seems to, what is known stays.
  if (slot < season.slot) return season;
  return season.slot === ABSENT ? { ...season, slot, peak: value } : nextSlot(season, slot, value);
}

/** What is to come, for who looks now; undefined until there is anything to compare with. */
export function seasonAhead(season: Season): SeasonAhead | undefined {
  if (season.comparisons < LEAST_COMPARISONS || season.nowError <= 0) return undefined;
  const skill = 1 - season.seasonError / season.nowError;
  if (skill <= 0) return undefined;
  const most = (minutes: number) => {
    let largest = 0;
    for (let index = 0; index <= minutes; index++) largest = Math.max(largest, season.ahead[index] ?? ABSENT);
    return season.ratio * largest;
  };
  return { skill, next3Minutes: most(3), next30Minutes: most(30) };
}

/** A minute has ended: it is remembered, what was forecast for it is judged, and the next is forecast. */
function nextSlot(season: Season, slot: number, value: number): Season {
  const days = remember(season.days, season.slot, season.peak);
  const judged = judge(season, season.slot, season.peak);
  const like = season.ahead[0] ?? ABSENT;
  const ratio = like > 0 ? clamp(season.peak / like, LEAST_RATIO, MOST_RATIO) : 1;
  const ahead = mediansFrom(days, slot, slot === season.slot + 1 ? season.ahead.slice(1) : []);
  const coming = ahead[JUDGED_AHEAD] ?? ABSENT;
  const next = { slot: slot + JUDGED_AHEAD, bySeason: ratio * coming, byNow: season.peak };
  return {
    slot,
    peak: value,
    days,
    ahead,
    ratio,
    ...judged,
    open: coming < 0 ? judged.open : [...judged.open, next].slice(-JUDGED_AHEAD - 1),
  };
}

function judge(
  { open, seasonError, nowError, comparisons }: Season,
  slot: number,
  peak: number,
): Pick<Season, "open" | "seasonError" | "nowError" | "comparisons"> {
  const made = open.find((each) => each.slot === slot);
  const left = open.filter((each) => each.slot > slot);
  if (made === undefined) return { open: left, seasonError, nowError, comparisons };
  return {
    open: left,
    seasonError: seasonError + JUDGE_GAIN * (Math.abs(peak - made.bySeason) - seasonError),
    nowError: nowError + JUDGE_GAIN * (Math.abs(peak - made.byNow) - nowError),
    comparisons: Math.min(LEAST_COMPARISONS, comparisons + 1),
  };
}

function remember(days: Season["days"], slot: number, peak: number): Season["days"] {
  const day = Math.floor(slot / MINUTES_A_DAY);
  const at = day % KEPT_DAYS;
  const known = days[at];
  const minutes =
    known?.day === day ? known.minutes.slice() : Array.from({ length: MINUTES_A_DAY }, (): number => ABSENT);
  minutes[slot % MINUTES_A_DAY] = Math.round(peak * 10) / 10;
  const next = days.slice();
  next[at] = { day, minutes };
  return next;
}

/** Medians of this minute and the coming ones. What is known already is not computed again: the days before do not change. */
function mediansFrom(days: Season["days"], slot: number, known: readonly number[]): readonly number[] {
  const medians = known.slice();
  for (let index = medians.length; index < AHEAD; index++) medians.push(medianAt(days, slot + index));
  return medians;
}

/** The median of the same minute and its neighbours on the seven days before, the same weekday counted three times. */
function medianAt(days: Season["days"], slot: number): number {
  const values: number[] = [];
  for (let back = 1; back <= DAYS_BACK; back++) {
    const weight = back === DAYS_BACK ? SAME_WEEKDAY_WEIGHT : 1;
    for (let beside = -1; beside <= 1; beside++) {
      const value = at(days, slot - back * MINUTES_A_DAY + beside);
      if (value >= 0) for (let count = 0; count < weight; count++) values.push(value);
    }
  }
  if (values.length < LEAST_VALUES) return ABSENT;
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? (values[middle] ?? ABSENT) : ((values[middle - 1] ?? 0) + (values[middle] ?? 0)) / 2;
}

function at(days: Season["days"], slot: number): number {
  if (slot < 0) return ABSENT;
  const day = Math.floor(slot / MINUTES_A_DAY);
  const known = days[day % KEPT_DAYS];
  return known?.day === day ? (known.minutes[slot % MINUTES_A_DAY] ?? ABSENT) : ABSENT;
}
