import type { MachineKind } from "@compose-fleet/fleet";

/** What is to run, where, and who says so. */
export interface RollOutOrder {
  readonly kind: MachineKind;
  readonly revision: string;
  /** USER@HOST. */
  readonly author: string;
  /** The revision that is left on purpose, when this is a rollback. */
  readonly backFrom?: string;
}

/** How it went. */
export interface RollOutResult {
  readonly kind: MachineKind;
  readonly revision: string;
  readonly status: "succeeded" | "failed";
  /** Why it failed. */
  readonly cause: string | null;
  /** Ids, in order: the deployment itself, further ones because of lost or new machines, the one that went back. */
  readonly deployments: readonly string[];
  /** The revision that every machine is back at after a failure; null when there was none, or when going back failed, too. */
  readonly backAt: string | null;
  /** Why going back failed, where that was tried. */
  readonly backFailure?: string;
}
