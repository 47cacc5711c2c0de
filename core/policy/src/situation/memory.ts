import type { Foresight } from "../foresight/foresight.ts";
import type { WorkerObservation } from "../observation/observation.ts";
import type { WindowMemory } from "./stabilization.ts";

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

/** A worker as it was when it could last be read. */
export interface LastRead {
  readonly atMs: number;
  readonly worker: WorkerObservation;
}

/** What is still known of the workers in service while Prometheus cannot be read. */
export interface LastReads {
  /** When it could last be read (epoch ms), and the group then; of it, those count that could be read. */
  readonly atMs: number;
  readonly workers: readonly WorkerObservation[];
  /** Those that could not be read then, but a moment before. */
  readonly earlier: readonly LastRead[];
}

/** What is remembered of one service on one worker. */
export interface ReplicasMemory {
  readonly window: WindowMemory | undefined;
  readonly commanded: Commanded | undefined;
}

/**
 * What the policy remembers between ticks. It may be lost at any time: an empty memory is safe,
 * since nothing scales in before a whole stabilization window has been seen again.
 */
export interface Memory {
  /** Time of the last situation, epoch ms. */
  readonly atMs: number;
  /** Of the worker group; undefined where nothing was watched. */
  readonly window: WindowMemory | undefined;
  /** By worker and service. What did not change from one look to the next is the same object. */
  readonly replicas: Readonly<Record<string, Readonly<Record<string, ReplicasMemory>>>>;
  /** By worker: 1 = told to drain, 0 = told to stop draining. */
  readonly drains: Readonly<Record<string, Commanded>>;
  /** By worker, where anything is seen of it. */
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
  /** Good enough to scale out, never to scale in; undefined where nothing was read yet. */
  readonly lastReads: LastReads | undefined;
  /** What has been learned of the demand; unset while `scaling.predictive` is off. */
  readonly foresight?: Foresight | undefined;
}

/** The memory of a scaler that has just started at `atMs`. */
export function emptyMemory(atMs: number): Memory {
  return {
    atMs,
    window: undefined,
    replicas: {},
    drains: {},
    watched: {},
    steps: {},
    failedBoots: {},
    lasting: {},
    lastReads: undefined,
  };
}

/** The same without what was commanded: of a scaler whose commands nobody carries out. */
export function withoutCommands(memory: Memory): Memory {
  return { ...withoutReplicaCommands(memory, () => true), drains: {} };
}

/** The same without what was commanded of the replicas of some services. */
export function withoutReplicaCommands(memory: Memory, isLeftOut: (service: string) => boolean): Memory {
  const replicas: Record<string, Record<string, ReplicasMemory>> = {};
  for (const [worker, services] of Object.entries(memory.replicas)) {
    const left: Record<string, ReplicasMemory> = {};
    for (const [service, known] of Object.entries(services))
      left[service] = isLeftOut(service) ? { window: known.window, commanded: undefined } : known;
    replicas[worker] = left;
  }
  return { ...memory, replicas };
}
