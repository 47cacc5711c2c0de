import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import { CliError, type Clock, pollUntil } from "@compose-fleet/process";
import type { InsideWorker } from "./inside-worker.ts";
import type { SetUp } from "./set-up.ts";

/** At rest for this long, only one replica has served of late, milliseconds. */
export const settledMs = 3_000;
export const pollMs = 500;
const resetLimitMs = 240_000;
const resetAgainMs = 30_000;

export interface RestDeps {
  readonly status: () => Promise<Pick<LocalFleetStatus, "workers" | "group">>;
  readonly inside: Pick<InsideWorker, "replicasOf">;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly update: (text: string) => void;
}

/** Waits until one worker with one replica has served alone for a while, and for `forgetMs` at least. Throws `CliError` after four minutes. */
export async function untilAtRest(
  deps: RestDeps,
  setUp: Pick<SetUp, "name" | "reset">,
  forgetMs: number,
): Promise<void> {
  const { clock, stop, update } = deps;
  const beganAtMs = clock.nowMs();
  let resetAtMs = Number.NEGATIVE_INFINITY;
  let sinceMs: number | undefined;
  let missing: string | undefined;
  const look = async (): Promise<true | undefined> => {
    missing = await notAtRest(deps);
    const nowMs = clock.nowMs();
    sinceMs = missing === undefined ? (sinceMs ?? nowMs) : undefined;
    if (sinceMs !== undefined && nowMs - sinceMs >= settledMs && nowMs - beganAtMs >= forgetMs) return true;
    if (nowMs - resetAtMs > resetAgainMs) {
      resetAtMs = nowMs;
      await setUp.reset();
    }
    update(`getting to rest for ${Math.round((nowMs - beganAtMs) / 1000)} s${missing ? `: ${missing}` : ""}`);
    return undefined;
  };
  if (!(await pollUntil(look, { clock, stop, everyMs: pollMs, limitMs: resetLimitMs })))
    throw new CliError(
      `The ${setUp.name} did not come to rest within ${resetLimitMs / 1000} s: ${missing ?? "not for long enough"}.`,
    );
}

/** What keeps the fleet from being one worker with one replica. */
async function notAtRest({ status, inside }: RestDeps): Promise<string | undefined> {
  const { workers, group } = await status();
  const [only, ...others] = workers;
  if (only === undefined || others.length > 0 || group.desired !== 1 || only.target !== "healthy")
    return `${workers.length} workers, ${group.desired} wanted`;
  const replicas = await inside.replicasOf(only.id);
  return replicas === 1 ? undefined : `${replicas} replicas`;
}
