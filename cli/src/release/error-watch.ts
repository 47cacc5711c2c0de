import { SERVER_ERROR_LIMIT } from "@compose-fleet/fleet";
import type { Progress } from "@compose-fleet/process";
import { type ErrorVerdict, judgeServerErrors } from "@compose-fleet/releases";
import type { ReadErrorShares } from "./error-shares.ts";

/** What is looked at before a release begins. */
const BASELINE_MS = 10 * 60_000;
/** The share has one value a minute. */
const LOOK_AGAIN_MS = 15_000;

/** Says why the release has to go back, by the share of 5xx; undefined while it does not. Never throws. */
export type ErrorWatch = () => Promise<string | undefined>;

/** Watches the share of 5xx from now on, against what it was before. What cannot be read is said, once, and judges nothing. */
export function watchErrors(deps: {
  readonly read: ReadErrorShares;
  readonly nowMs: () => number;
  readonly progress: Pick<Progress, "note">;
}): ErrorWatch {
  const { read, nowMs, progress } = deps;
  const beganAtMs = nowMs();
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let said = "";
  const say = (sentence: string) => {
    if (sentence !== said) progress.note(sentence);
    said = sentence;
  };
  return async () => {
    if (nowMs() - askedAtMs < LOOK_AGAIN_MS) return undefined;
    askedAtMs = nowMs();
    try {
      const verdict = judgeServerErrors(await read(beganAtMs - BASELINE_MS, nowMs()), beganAtMs, SERVER_ERROR_LIMIT);
      if (verdict.kind === "too-many")
        return `${percent(verdict.share)} of the requests of the last two minutes ended with 5xx, ${percent(verdict.before)} before the release; the limit is ${percent(SERVER_ERROR_LIMIT)}`;
      const sentence = sentenceOf(verdict);
      if (sentence !== undefined) say(sentence);
    } catch (error) {
      say(
        `The share of 5xx cannot be read (${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}): the release is judged without it.`,
      );
    }
    return undefined;
  };
}

function sentenceOf(verdict: ErrorVerdict): string | undefined {
  if (verdict.kind === "no-baseline")
    return "No share of 5xx is known from before the release: it is judged without it.";
  if (verdict.kind === "high-before")
    return `${percent(verdict.before)} of the requests ended with 5xx before the release already: it is judged without that share.`;
  return undefined;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
