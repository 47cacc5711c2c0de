/** One stretch of load at one rate, and what came of it. Rates in requests per second, times in milliseconds. */
export interface Step {
  readonly rps: number;
  readonly seconds: number;
  readonly sent: number;
  readonly failed: number;
  /** Of the requests that were answered; null without any. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  /** How late the generator itself was, at worst. */
  readonly lagMs: number;
}

/** What is wrong with a step: requests failed, answers were slow, or more came in than went out. */
export type Trouble = "failing" | "slow" | "behind";

/** A rate that was not sustained, and why. */
export interface Bent {
  readonly step: Step;
  readonly trouble: Trouble;
}

/** Where a search is. `offer` is what is tried next, in requests per second. */
export interface Search {
  readonly phase: "climb" | "halve" | "confirm" | "done";
  readonly offer: { readonly rps: number; readonly seconds: number };
  /** The step at this rate before was bad, perhaps by chance: it is tried once more. */
  readonly isSecondTry: boolean;
  /** Steps that were sustained, and are not refuted; the highest last. */
  readonly goods: readonly Step[];
  /** The lowest that was not. */
  readonly bent: Bent | undefined;
  /** How often the highest good rate was tried again, and longer. */
  readonly confirmations: number;
  readonly isConfirmed: boolean;
  /** Steps that were bad at first and sustained at the second try: latency is not steady. */
  readonly chances: number;
  readonly spentSeconds: number;
}

/** Bounds of a search. */
export interface SearchLimits {
  /** Seconds of load in all, about. */
  readonly mostSeconds: number;
  /** Rates above this are not tried. */
  readonly mostRps: number;
}

const FIRST_RPS = 4;
const LEAST_RPS = 0.2;
const GROWTH = 2;
const FALL = 3;
/** What a step has at least: requests to take a p99 of, and seconds for a queue to show. */
const LEAST_REQUESTS = 24;
const LEAST_SECONDS = 4;
const MOST_SECONDS = 15;
const CONFIRM_SECONDS = 8;
/** Between what is sustained and what is not: near enough. */
const NEAR = 1.06;
/** How much lower is tried where a rate was not sustained again. */
const STEP_DOWN = 0.93;
const MOST_CONFIRMATIONS = 3;
/** A p99 above this many times that of lower rates, and by so much, is bent. */
const BEND = { times: 2.5, byMs: 20 } as const;
/** Failures above this share are the target's answer to the rate. */
const FAILED_SHARE = 0.002;
/** A generator that was later than this may have made the latency itself, milliseconds. */
export const LATE_MS = 60;
/** Bad beyond doubt: such a step is not tried twice. */
const CLEARLY = { failedShare: 0.05, times: 3 } as const;
/** What goes out, as a share of what comes in, while a target keeps up. */
const KEEPS_UP = 0.9;
/** The same while no lower rate is known, by whose latency a queue would show. */
const KEEPS_UP_AT_FIRST = 0.95;

/** A search that has tried nothing yet. */
export const newSearch: Search = {
  phase: "climb",
  offer: offerOf(FIRST_RPS),
  isSecondTry: false,
  goods: [],
  bent: undefined,
  confirmations: 0,
  isConfirmed: false,
  chances: 0,
  spentSeconds: 0,
};

/**
 * The search after the step that it offered: twice the rate until it is not sustained, then half-way between, then the highest good rate once more
 * and longer. Pure: the same steps have the same end.
 */
export function afterStep(search: Search, step: Step, limits: SearchLimits): Search {
  const spentSeconds = search.spentSeconds + step.seconds;
  const trouble = troubleOf(step, search.goods);
  const next = { ...following(search, step, trouble, limits), spentSeconds };
  return next.phase !== "done" && spentSeconds >= limits.mostSeconds ? { ...next, phase: "done" } : next;
}

function following(search: Search, step: Step, trouble: Trouble | undefined, limits: SearchLimits): Search {
  const { isSecondTry } = search;
  if (trouble === undefined) {
    const chances = search.chances + (isSecondTry ? 1 : 0);
    return afterGood({ ...search, isSecondTry: false, chances }, step, limits);
  }
  if (search.phase !== "confirm" && !isSecondTry && !isClear(step, search.goods))
    return { ...search, isSecondTry: true };
  return afterBad({ ...search, isSecondTry: false, bent: { step, trouble } }, step);
}

function afterGood(search: Search, step: Step, { mostRps }: SearchLimits): Search {
  const goods = [...search.goods, step];
  if (search.phase === "confirm") return { ...search, goods, isConfirmed: true, phase: "done" };
  if (search.bent !== undefined) return between({ ...search, goods });
  return step.rps >= mostRps
    ? { ...search, goods, phase: "done" }
    : { ...search, goods, offer: offerOf(Math.min(mostRps, step.rps * GROWTH)) };
}

function afterBad(search: Search, { rps }: Step): Search {
  if (search.phase !== "confirm") {
    // One good step alone may have been above the knee already: there was no other to compare it with.
    if (search.goods.length > 1 || search.phase === "halve") return between(search);
    const lower = (search.goods[0]?.rps ?? rps) / FALL;
    if (search.goods.length > 0) return { ...search, goods: [], offer: offerOf(lower) };
    return lower < LEAST_RPS ? { ...search, phase: "done" } : { ...search, offer: offerOf(lower) };
  }
  const confirmations = search.confirmations + 1;
  const goods = search.goods.filter((good) => good.rps < rps);
  if (confirmations >= MOST_CONFIRMATIONS) return { ...search, goods, confirmations, phase: "done" };
  return { ...search, goods, confirmations, offer: confirming(rps * STEP_DOWN) };
}

/** Half-way between what is sustained and what is not, or once more what is, where they are near. */
function between(search: Search): Search {
  const good = search.goods.at(-1)?.rps ?? 0;
  const bad = search.bent?.step.rps ?? good;
  return bad / good > NEAR
    ? { ...search, phase: "halve", offer: offerOf(Math.sqrt(good * bad)) }
    : { ...search, phase: "confirm", offer: confirming(good) };
}

/** How long a rate is offered, so that there is something to judge. */
function offerOf(rps: number): Search["offer"] {
  return { rps, seconds: Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, LEAST_REQUESTS / rps)) };
}

function confirming(rps: number): Search["offer"] {
  return { rps, seconds: Math.max(CONFIRM_SECONDS, offerOf(rps).seconds) };
}

/** What is wrong with a step, against the p99 of those that were sustained; undefined while it is sustained too. */
export function troubleOf(step: Step, goods: readonly Step[]): Trouble | undefined {
  if (step.p99Ms === null || step.failed > step.sent * FAILED_SHARE) return "failing";
  // The last answer takes its time at any rate: that of lower rates, where they are known.
  const ownMs = Math.min(...[step, ...goods].map(({ p50Ms }) => p50Ms ?? Number.POSITIVE_INFINITY));
  const answeredMs = Math.max(1, step.elapsedMs - ownMs);
  if (step.sent / (answeredMs / 1000) < (goods.length === 0 ? KEEPS_UP_AT_FIRST : KEEPS_UP) * step.rps) return "behind";
  return step.p99Ms > bendAt(goods) ? "slow" : undefined;
}

/** The p99 from which on it is bent, milliseconds: against the median of the good steps, as each of them may be chance. */
function bendAt(goods: readonly Step[]): number {
  const sorted = goods.map(({ p99Ms }) => p99Ms ?? 0).sort((a, b) => a - b);
  const usual = sorted[Math.floor((sorted.length - 1) / 2)];
  return usual === undefined ? Number.POSITIVE_INFINITY : Math.max(BEND.times * usual, usual + BEND.byMs);
}

function isClear(step: Step, goods: readonly Step[]): boolean {
  if (step.failed > step.sent * CLEARLY.failedShare) return true;
  return (step.p99Ms ?? Number.POSITIVE_INFINITY) > CLEARLY.times * bendAt(goods);
}
