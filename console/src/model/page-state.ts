import type { LookAnswer, RecordedDecision, TrendPoint } from "@compose-fleet/wh-api";

/** How the page hears of the fleet. */
export type Link =
  | { readonly kind: "connecting" }
  /** By server-sent events. */
  | { readonly kind: "live" }
  /** By asking from time to time. */
  | { readonly kind: "polling" }
  | { readonly kind: "lost"; readonly problem: string }
  | { readonly kind: "signed-out"; readonly problem?: string };

/** When the scaler said what time it is, by the page's own clock that never jumps. */
export interface Heard {
  readonly serverMs: number;
  readonly pageMs: number;
}

/** All that is shown. A plain value of bounded size. */
export interface PageState {
  readonly link: Link;
  /** The newest; undefined before the first. It is kept while the scaler is away. */
  readonly look: LookAnswer | undefined;
  readonly trend: readonly TrendPoint[];
  /** Newest first. */
  readonly decisions: readonly RecordedDecision[];
  readonly heard: Heard | undefined;
  /** How far the scaler's clock is ahead of this machine's, milliseconds. */
  readonly skewMs: number;
}

const MOST_POINTS = 1_440;
const MOST_DECISIONS = 2_000;

export const emptyState: PageState = {
  link: { kind: "connecting" },
  look: undefined,
  trend: [],
  decisions: [],
  heard: undefined,
  skewMs: 0,
};

/** When a message came: by the page's clock that never jumps, and by this machine's. */
export interface Arrival {
  readonly pageMs: number;
  readonly wallMs: number;
}

/** The state after a look. One that is whole replaces what was there, another adds to it. */
export function withLook(state: PageState, look: LookAnswer, arrival: Arrival): PageState {
  const earlier = look.isWhole ? { trend: [], decisions: [] } : state;
  return {
    ...withTime(state, look.nowMs, arrival),
    look,
    trend: newestPoints([...earlier.trend, ...look.trend]),
    decisions: newestDecisions([...look.decisions, ...earlier.decisions]),
  };
}

/** The state after the scaler has said what time it is. */
export function withTime(state: PageState, serverMs: number, { pageMs, wallMs }: Arrival): PageState {
  return { ...state, heard: { serverMs, pageMs }, skewMs: serverMs - wallMs };
}

/** The scaler's time now; this machine's clock does not matter. */
export function serverNow({ heard }: Pick<PageState, "heard">, pageMs: number): number | undefined {
  return heard && heard.serverMs + Math.max(0, pageMs - heard.pageMs);
}

/** Since when a poll has to ask; undefined: for everything. */
export function knownUntil({ trend }: Pick<PageState, "trend">): number | undefined {
  return trend.at(-1)?.atMs;
}

/** Those that were there may come again, with another time: the scaler's clock was set. */
function newestPoints(points: readonly TrendPoint[]): readonly TrendPoint[] {
  const byTime = new Map(points.map((point) => [point.atMs, point]));
  return [...byTime.values()].sort((a, b) => a.atMs - b.atMs).slice(-MOST_POINTS);
}

/** Both newest first. Of two with the same id the first stays: it is the newer, and may have an outcome. */
function newestDecisions(decisions: readonly RecordedDecision[]): readonly RecordedDecision[] {
  const ids = new Set<string>();
  return decisions.filter(({ id }) => !ids.has(id) && ids.add(id)).slice(0, MOST_DECISIONS);
}
