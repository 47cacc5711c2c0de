/** The fleet as the scaler sees it, in the words of the live view. Times in epoch milliseconds. */
export interface FleetSnapshot {
  readonly atMs: number;
  /** The scaler decides but does not act. */
  readonly hold: boolean;
  /** `ready` counts those that drain too: they still serve. */
  readonly workers: {
    readonly ready: number;
    readonly draining: number;
    readonly desired: number;
    readonly min: number;
    readonly max: number;
  };
  /** One entry per worker and service; `desired` is what was last decided. */
  readonly replicas: readonly {
    readonly worker: string;
    readonly service: string;
    readonly ready: number;
    readonly desired: number;
  }[];
  readonly blindSeconds: number;
}
