/** A pause that the group makes at one transition of every instance. */
export interface LifecycleHook {
  readonly name: string;
  readonly transition: "launching" | "terminating";
  readonly heartbeatSeconds: number;
  /** What counts when nobody answers in time. */
  readonly defaultResult: LifecycleResult;
}

export type LifecycleResult = "CONTINUE" | "ABANDON";

/** One instance's wait for one hook. Times are epoch milliseconds. */
export interface LifecycleWait {
  readonly hook: string;
  readonly token: string;
  readonly deadlineMs: number;
  /** Heartbeats do not go beyond this. */
  readonly lastDeadlineMs: number;
}

const LONGEST_WAIT_SECONDS = 172_800;

/** How long an instance may stay in a wait in all: 48 hours or a hundred heartbeats, whichever is less. Seconds. */
export function longestWaitSeconds(hook: LifecycleHook): number {
  return Math.min(LONGEST_WAIT_SECONDS, hook.heartbeatSeconds * 100);
}

/** The waits that begin when an instance comes to this transition. */
export function beginWaits(
  hooks: readonly LifecycleHook[],
  transition: LifecycleHook["transition"],
  atMs: number,
  newToken: () => string,
): readonly LifecycleWait[] {
  return hooks
    .filter((hook) => hook.transition === transition)
    .map((hook) => ({
      hook: hook.name,
      token: newToken(),
      deadlineMs: atMs + hook.heartbeatSeconds * 1000,
      lastDeadlineMs: atMs + longestWaitSeconds(hook) * 1000,
    }));
}
