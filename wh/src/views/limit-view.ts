import { type Limit, type LimitTarget, limitOf, type Override } from "@compose-fleet/policy";
import type { LimitView } from "@compose-fleet/wh-api";

/** What narrows numbers now, in the order in which it is heard. `standing` are those of fleet.yaml, by the monotonic clock. */
export function limitViews(
  standing: readonly Limit[],
  overrides: readonly Override[],
  wallMs: (monotonicMs: number) => number,
): readonly LimitView[] {
  const ofFile = standing.map((limit) => viewOf(limit, limit.untilMs === undefined ? null : wallMs(limit.untilMs)));
  const isLast = ({ source }: LimitView) => source === "budget";
  return [
    ...ofFile.filter((limit) => !isLast(limit)),
    ...overrides.map((override) => viewOf(limitOf(override), override.expiresAtMs)),
    ...ofFile.filter(isLast),
  ];
}

function viewOf(limit: Limit, untilMs: number | null): LimitView {
  const { untilMs: _monotonic, target, ...rest } = limit;
  return { ...rest, target: targetText(target), untilMs };
}

function targetText(target: LimitTarget): string {
  return target.kind === "replicas" ? `replicas/${target.service}` : target.kind;
}
