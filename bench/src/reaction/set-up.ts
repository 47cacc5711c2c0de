/** One of the two set-ups, running. */
export interface SetUp {
  readonly name: string;
  readonly decidedSince: (atMs: number) => Promise<number | undefined>;
  /** Begins to put the fleet back to one worker with one replica; the waiting is done elsewhere. Idempotent. */
  readonly reset: () => Promise<void>;
  /** The fleet is at rest: from now on its answers are measured. */
  readonly ready: () => void;
  /** How long the low load has to last before the next step, so that the set-up's own windows have forgotten the last one. */
  readonly forgetMs: number;
  readonly limitMs: number;
}
