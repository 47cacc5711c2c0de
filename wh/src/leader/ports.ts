/** What a scaler may do at this instant: everything as the leader, scaling out only while the lease's store is away, or nothing. */
export type Mandate = "everything" | "scale-out" | "nothing";

/** This scaler's place among its twins, as those see it who act. */
export interface Leadership {
  /** By the monotonic clock; ask again right before each call that changes something. */
  mandate(): Mandate;
  /** A number that rises with each call and with each change of the leader; undefined without a tenure. */
  nextFence(): number | undefined;
  /** Writes the action's id under the own fence: "lost" when another scaler leads by now, "unknown" when the store does not answer. Never throws. */
  confirm(actionId: string): Promise<"held" | "lost" | "unknown">;
}

/** The lease as stored. */
export interface Lease {
  readonly holder: string;
  /** Rises whenever the holder changes. */
  readonly fence: number;
  /** Rises with every write: whoever sees it unchanged for `ttlMs` knows that the holder is gone. */
  readonly version: number;
  readonly ttlMs: number;
  /** The holder has stopped acting; nobody has to wait for the end. */
  readonly isReleased: boolean;
}

/** What a write by the holder changes besides the version. */
export interface Renewal {
  /** A new fence for the same holder. */
  readonly nextFence?: number;
  readonly release?: boolean;
  /** The action that is about to be carried out. */
  readonly actionId?: string;
}

/** One lease with conditional writes; reads see every write that was answered. All throw when the store cannot be reached. */
export interface LeaseStore {
  read(): Promise<Lease | undefined>;
  /** Makes `holder` the holder under `fence` if the lease is still the one `seen` (undefined: there is none). */
  take(
    seen: Lease | undefined,
    next: { readonly holder: string; readonly fence: number; readonly ttlMs: number },
  ): Promise<"written" | "lost">;
  /** Raises the version if the holder still holds under this fence. Twice is as good as once. */
  renew(
    held: { readonly holder: string; readonly fence: number; readonly ttlMs: number },
    renewal: Renewal,
  ): Promise<"written" | "lost">;
}
