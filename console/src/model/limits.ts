import type { LookAnswer } from "@compose-fleet/wh-api";

type Limit = LookAnswer["status"]["limits"][number];

const PAUSES = {
  in: "Nothing scales in",
  out: "Nothing scales out",
  all: "Everything is paused",
} as const;

/** What narrows a number, in words. */
export function limitText({ max, min, pause, target }: Limit): string {
  if (pause !== undefined) return PAUSES[pause];
  const what = target === "workers" ? "Workers" : `${target.replace(/^replicas\//, "")} on each worker`;
  if (min !== undefined && min === max) return `${what}: pinned to ${min}`;
  const bounds = [min === undefined ? "" : `at least ${min}`, max === undefined ? "" : `at most ${max}`];
  return `${what}: ${bounds.filter((bound) => bound !== "").join(", ")}`;
}
