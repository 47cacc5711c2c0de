import type { LookAnswer, TurningPoint } from "@compose-fleet/wh-api";
import { durationText, numberText, shareText, UNKNOWN } from "./format.ts";

/** A target and what would change it. */
export interface TargetView {
  readonly target: string;
  readonly name: string;
  readonly from: number;
  readonly desired: number;
  readonly inFlight: boolean;
  /** Why it is what it is. */
  readonly text: string;
  /** What would change it; undefined where nothing can be said. */
  readonly point: TurningPoint | undefined;
  /** Until it may change, milliseconds of the scaler's clock; undefined where nothing is waited for. */
  readonly untilMs: number | undefined;
  /** 0 at the number below which one fewer does, 1 at the one above which one more is wanted; undefined where one is unknown. */
  readonly between: number | undefined;
}

/** The group first, then those that are nearest to a change. */
export function targetViews(look: Pick<LookAnswer, "status" | "turningPoints">): readonly TargetView[] {
  const points = new Map(look.turningPoints.map((point) => [point.target, point]));
  const tickMs = look.status.lastTick?.atMs ?? 0;
  const views = look.status.targets.map((target): TargetView => {
    const point = points.get(target.target);
    return {
      target: target.target,
      name: nameOf(target.target),
      from: target.from,
      desired: target.desired,
      inFlight: target.inFlight,
      text: target.text,
      point,
      untilMs: typeof point?.secondsLeft === "number" ? tickMs + point.secondsLeft * 1000 : undefined,
      between: point && betweenOf(point),
    };
  });
  return views
    .map((view) => ({ view, rank: rank(view) }))
    .sort((a, b) => a.rank - b.rank || (a.view.target < b.view.target ? -1 : 1))
    .map(({ view }) => view);
}

function rank({ between, from, desired, inFlight, target }: TargetView): number {
  if (target === "workers") return -2;
  if (inFlight || from !== desired) return -1;
  return between === undefined ? 1 : 0.5 - Math.abs(between - 0.5);
}

/** `replicas/i-1/web` as `web on i-1`. */
export function nameOf(target: string): string {
  const [kind, worker, ...service] = target.split("/");
  return kind === "replicas" && worker !== undefined && service.length > 0
    ? `${service.join("/")} on ${worker}`
    : target;
}

/** What would change a target, as a sentence. */
export function changeText(point: TurningPoint | undefined): string {
  if (!point) return "Nothing can be said of what would change it.";
  const { growsAbove, measure, now, shrinksBelow } = point;
  const amount = (value: number | null) => (measure === "cpu" ? shareText(value) : numberText(value));
  const unit = unitOf(point);
  const seen = now === null ? `${unit} cannot be read` : `${amount(now)} ${unit} now`;
  const more = growsAbove === null ? "at its maximum" : `one more above ${amount(growsAbove)}`;
  const fewer =
    shrinksBelow === null ? "at its minimum" : `one fewer once below ${amount(shrinksBelow)} for long enough`;
  return `${seen}; ${more}; ${fewer}.`;
}

function unitOf({ measure, service, signal }: TurningPoint): string {
  const whose = service === null ? "" : ` of ${service}`;
  if (measure === "cpu") return "CPU";
  if (measure === "signal") return `${signal ?? "signal"}${whose}`;
  return measure === "replica-cpu" ? `busy replicas${whose}` : `req/s${whose}`;
}

function betweenOf({ growsAbove, now, shrinksBelow }: TurningPoint): number | undefined {
  if (now === null || growsAbove === null) return undefined;
  const low = shrinksBelow ?? 0;
  return growsAbove <= low ? undefined : Math.min(1, Math.max(0, (now - low) / (growsAbove - low)));
}

/** How long until something, by the scaler's clock. */
export function countdownText(untilMs: number | undefined, nowMs: number | undefined): string {
  if (untilMs === undefined) return "";
  return nowMs === undefined ? UNKNOWN : durationText(untilMs - nowMs);
}
