import type { Leadership } from "../leader/ports.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import { failed, type Outcome, skipped } from "./outcome.ts";
import type { ActionLog } from "./ports.ts";

export interface PermitDeps {
  readonly leadership: Leadership;
  readonly actions: ActionLog;
  readonly log: Log;
  /** Called when the action log could not be written. */
  readonly onStateError?: () => void;
}

export interface PermitRequest {
  readonly target: string;
  readonly id: string;
  readonly atMs: number;
  readonly summary: string;
  /** Takes capacity away: can wait for better times. */
  readonly isScaleIn: boolean;
}

/** The fence to act under, or why not to act. */
export type Permit = { readonly fence: number } | { readonly refused: Outcome };

/** The single gate before every call that changes something: own lease, action id written under it, own lease again. */
export function createPermit({ leadership, actions, log, onStateError }: PermitDeps) {
  return async ({ target, id, atMs, summary, isScaleIn }: PermitRequest): Promise<Permit> => {
    const mandate = leadership.mandate();
    const fence = mandate === "nothing" ? undefined : leadership.nextFence();
    if (fence === undefined) return { refused: skipped("another scaler leads") };
    if (mandate === "scale-out") {
      // The table is known to be away: asking again would only cost the seconds that scaling out is to save.
      return isScaleIn ? { refused: failed("the lease cannot be renewed, so nothing scales in", true) } : { fence };
    }
    const claim = actions.claim({ target, id, fence, atMs, summary }).catch((error: unknown) => {
      onStateError?.();
      log.error({ target, problem: messageOf(error) }, "the action log cannot be written");
      return "unknown" as const;
    });
    const [held, claimed] = await Promise.all([leadership.confirm(id), claim]);
    if (held === "lost") return { refused: skipped("another scaler leads by now") };
    if (claimed === "superseded") return { refused: skipped("another scaler has acted on this target later") };
    // Scaling out saves requests and goes on; scaling in can wait for the state to come back.
    if (isScaleIn && (held === "unknown" || claimed === "unknown"))
      return { refused: failed("the action log cannot be written, so nothing scales in", true) };
    // The writes took time; a process that was stopped meanwhile would act on a lease long gone.
    const now = leadership.mandate();
    if (now === "nothing" || (isScaleIn && now !== "everything"))
      return { refused: skipped("the lease ended before the action began") };
    return { fence };
  };
}
