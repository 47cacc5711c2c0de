/** How an action ended. "Nothing to do" is neither success nor failure. */
export type Outcome =
  | { readonly status: "applied" }
  | { readonly status: "skipped"; readonly reason: string }
  | { readonly status: "failed"; readonly reason: string; readonly retryable: boolean };

export const applied: Outcome = { status: "applied" };

/** Nothing was done, and nothing is wrong. */
export function skipped(reason: string): Outcome {
  return { status: "skipped", reason };
}

/** It went wrong; `retryable` when the same action may succeed later. */
export function failed(reason: string, retryable: boolean): Outcome {
  return { status: "failed", reason, retryable };
}
