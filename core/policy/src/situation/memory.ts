import type { Foresight } from "../foresight/foresight.ts";

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

/** A step that a signal took. */
export interface HeldStep {
  readonly target: string;
  readonly direction: "up" | "down";
  readonly value: number;
}

/** Since when (epoch ms) something is seen of a worker without interruption. */
export interface WorkerWatch {
  /** Draining, or waited for by the group before it ends it. */
  readonly drainingSinceMs?: number;
  /** Draining, and no request served. */
  readonly quietSinceMs?: number;
  /** On its way out, and its scrape target does not answer, while Prometheus can be read. */
  readonly silentSinceMs?: number;
  /** Not answering, while Prometheus can be read. */
  readonly downSinceMs?: number;
  /** Launched, not yet serving and not answering, while Prometheus can be read. */
  readonly bootingSinceMs?: number;
}

/** The numbers of a worker in service when they could last be read. */
export interface LastRead {
  readonly atMs: number;
  /** By service: requests per second that users sent, and healthy replicas. */
  readonly services: Readonly<Record<string, { readonly requestsPerSecond: number; readonly replicas: number }>>;
}

/**
 * What the policy remembers between ticks. It may be lost at any time: an empty memory is safe,
 * since nothing scales in before a whole stabilization window has been seen again.
 */
export interface Memory {
  /** Time of the last situation, epoch ms. */
  readonly atMs: number;
  /** By target, oldest first; the first may be older than the window, which shows that the window is complete. */
  readonly recommendations: Readonly<Record<string, readonly Recommendation[]>>;
  /** By target; and by `drain/WORKER`: 1 = told to drain, 0 = told to stop draining. */
  readonly commanded: Readonly<Record<string, Commanded>>;
  /** By worker that boots or is in service. */
  readonly watched: Readonly<Record<string, WorkerWatch>>;
  /** By signal id: the one step it took, or null when it was refused. */
  readonly steps: Readonly<Record<string, HeldStep | null>>;
  /** When (epoch ms) each worker was given up that never came into service, since one last did. */
  readonly failedBoots: Readonly<Record<string, number>>;
  /** Since when (epoch ms) more workers are asked for than exist, without a break. */
  readonly unfilledSinceMs?: number | undefined;
  /** The last launch that AWS reported as failed: its time there, and by our clock. Epoch ms. */
  readonly launchFailure?: { readonly reportedAtMs: number; readonly seenAtMs: number } | undefined;
  /** By key: states that should not last, and whether they have lasted for so long that people were told. */
  readonly lasting: Readonly<
    Record<
      string,
      { readonly sinceMs: number; readonly seenAtMs: number; readonly isTold: boolean; readonly text: string }
    >
  >;
  /** By worker: what is still known of it while Prometheus cannot be read. Good enough to scale out, never to scale in. */
  readonly lastRead: Readonly<Record<string, LastRead>>;
  /** What has been learned of the demand; unset while `scaling.predictive` is off. */
  readonly foresight?: Foresight | undefined;
}

/** The memory of a scaler that has just started at `atMs`. */
export function emptyMemory(atMs: number): Memory {
  return {
    atMs,
    recommendations: {},
    commanded: {},
    watched: {},
    steps: {},
    failedBoots: {},
    lasting: {},
    lastRead: {},
  };
}
