/** A recommendation that counts until it leaves its stabilization window. */
export interface Recommendation {
  readonly atMs: number;
  readonly value: number;
}

/** The last number commanded for a target. */
export interface Commanded {
  readonly value: number;
  readonly atMs: number;
}

/** A step that a signal took: held until the signal ends. */
export interface HeldStep {
  readonly target: string;
  readonly direction: "up" | "down";
  readonly value: number;
}

/**
 * What the policy remembers between ticks. It may be lost at any time: an empty memory is safe,
 * since nothing scales in before a whole stabilization window has been seen again.
 */
export interface Memory {
  /** When this memory began (epoch ms): windows are complete only from then on. */
  readonly sinceMs: number;
  readonly recommendations: Readonly<Record<string, readonly Recommendation[]>>;
  readonly commanded: Readonly<Record<string, Commanded>>;
  readonly steps: Readonly<Record<string, readonly HeldStep[]>>;
}

/** The memory of a scaler that has just started at `atMs`. */
export function emptyMemory(atMs: number): Memory {
  return { sinceMs: atMs, recommendations: {}, commanded: {}, steps: {} };
}
