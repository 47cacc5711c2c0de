import type { LimitView } from "@compose-fleet/wh-api";

/** What narrows a number, as one line: what, how much, how long, who and why. */
export function limitText({ target, min, max, pause, by, reason, untilMs }: LimitView): string {
  const until = untilMs === null ? "" : ` until ${timeText(untilMs)}`;
  const what = target === "fleet" ? "" : `${target.replace(/^replicas\//, "replicas of ")}: `;
  return `${what}${amount({ min, max, pause })}${until}, by ${by}${reason === undefined ? "" : `: ${reason}`}`;
}

function amount({
  min,
  max,
  pause,
}: {
  min?: number | undefined;
  max?: number | undefined;
  pause?: string | undefined;
}) {
  if (pause !== undefined) return pause === "all" ? "everything is paused" : `scale-${pause} is paused`;
  if (min !== undefined && min === max) return `exactly ${min}`;
  return [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])].join(
    ", ",
  );
}

/** Minute and day in UTC, which everybody reads the same. */
function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
