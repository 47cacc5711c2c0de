import type { Span, Timeline } from "../timeline/timeline.ts";

/** What the largest values of all charts of a trace are, so that they can be compared. */
export interface ChartScale {
  /** Requests per second. */
  readonly rate: number;
  readonly workers: number;
}

const TRAFFIC_HEIGHT = 100;
const GAP = 6;
const WORKERS_HEIGHT = 44;
const HEIGHT = TRAFFIC_HEIGHT + GAP + WORKERS_HEIGHT;

/** The scale that has room for all of these. */
export function scaleOf(timelines: readonly Timeline[]): ChartScale {
  const spans = timelines.flatMap((timeline) => timeline.spans);
  return {
    rate: largest(spans.map(({ peak, capacity }) => Math.max(peak, capacity))),
    workers: largest(spans.map(({ workers }) => workers)),
  };
}

/** Demand, capacity, losses, workers and decisions of a run as SVG. A span is one unit wide. */
export function chart({ spans }: Timeline, scale: ChartScale, label: string): string {
  const width = Math.max(1, spans.length);
  const rate = (value: number) => TRAFFIC_HEIGHT * (1 - value / scale.rate);
  const workers = (value: number) => HEIGHT - WORKERS_HEIGHT * (value / scale.workers);
  const marks = (className: string, matches: (span: Span) => boolean, top: number, height: number) => {
    const rects = spans.map((span, index) =>
      matches(span) ? `<rect x="${index}" y="${top}" width="1" height="${height}"/>` : "",
    );
    return `<g class="${className}">${rects.join("")}</g>`;
  };
  return [
    `<svg viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" tabindex="0" role="img" aria-label="${label}">`,
    marks("unscored", ({ isScored }) => !isScored, 0, HEIGHT),
    `<path class="demand" d="${area(spans, ({ offered }) => rate(offered), TRAFFIC_HEIGHT)}"/>`,
    `<path class="peak" d="${steps(spans, ({ peak }) => rate(peak))}"/>`,
    `<path class="capacity" d="${steps(spans, ({ capacity }) => rate(capacity))}"/>`,
    marks("lost", ({ lost }) => lost > 0, 0, TRAFFIC_HEIGHT),
    `<path class="workers" d="${area(spans, (span) => workers(span.workers), HEIGHT)}"/>`,
    marks("decisions", ({ decisionCount }) => decisionCount > 0, HEIGHT - 4, 4),
    `<line class="cursor" x1="-1" x2="-1" y1="0" y2="${HEIGHT}"/>`,
    "</svg>",
  ].join("");
}

function steps(spans: readonly Span[], heightOf: (span: Span) => number): string {
  return spans.map((span, index) => `${index === 0 ? "M0 " : "V"}${short(heightOf(span))}H${index + 1}`).join("");
}

function area(spans: readonly Span[], heightOf: (span: Span) => number, bottom: number): string {
  const outline = spans.map((span, index) => `V${short(heightOf(span))}H${index + 1}`).join("");
  return `M0 ${bottom}${outline}V${bottom}Z`;
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0) || 1;
}

function short(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}
