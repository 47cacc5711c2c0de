import type { LoadSummary } from "@compose-fleet/load";
import type { CpuUse } from "./machine-cpu.ts";
import { type Reactions, reactions } from "./reactions.ts";
import { countReversals } from "./reversals.ts";
import { type Action, type FillLines, type Sample, totalReplicas } from "./timeline.ts";

/** A number at the start of a run, its largest value, and at the end. */
interface Course {
  readonly start: number;
  readonly peak: number;
  readonly end: number;
}

/** What `--report FILE` writes. Latencies in milliseconds from when a request was due; null where no request succeeded. */
export interface Report {
  readonly requests: {
    readonly sent: number;
    readonly failed: number;
    readonly failedBy: Readonly<Record<string, number>>;
    readonly keepAliveRaces: number;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
    readonly p99Ms: number | null;
  };
  readonly workers: Course;
  readonly replicas: Course;
  readonly reactionSeconds: Reactions;
  /** Changes that were applied. */
  readonly actions: number;
  /** Decisions the scaler took, one per target and tick, holds included. */
  readonly decisions: number;
  readonly reversals: number;
  /** Time in which the scaler could not read its metrics. */
  readonly blindSeconds: number;
  /** From the first request to the fleet back at its minimum; null when it did not get there. */
  readonly scaleInDoneSeconds: number | null;
  /** This machine in the busiest ten seconds of the run; absent where it cannot be read. */
  readonly cpu?: CpuUse;
  readonly history: readonly Action[];
}

/** Everything that was seen of a run. */
export interface Recording {
  readonly samples: readonly Sample[];
  readonly actions: readonly Action[];
  readonly load: LoadSummary;
  readonly decisions: number;
  readonly blindSeconds: number;
  readonly scaleInDoneSeconds: number | null;
  readonly cpu?: CpuUse;
}

/** Sums a run up. */
export function buildReport(recording: Recording, lines: FillLines): Report {
  const { samples, load } = recording;
  const round = (ms: number | null) => (ms === null ? null : Math.round(ms * 10) / 10);
  return {
    requests: {
      sent: load.total.sent,
      failed: load.total.failed,
      failedBy: load.total.failedBy,
      keepAliveRaces: load.keepAliveRaces,
      p50Ms: round(load.p50Ms),
      p95Ms: round(load.p95Ms),
      p99Ms: round(load.p99Ms),
    },
    workers: course(samples.map((sample) => sample.workers)),
    replicas: course(samples.map(totalReplicas)),
    reactionSeconds: reactions(samples, recording.actions, lines),
    actions: recording.actions.length,
    decisions: recording.decisions,
    reversals: countReversals(recording.actions),
    blindSeconds: Math.round(recording.blindSeconds * 10) / 10,
    scaleInDoneSeconds: recording.scaleInDoneSeconds,
    ...(recording.cpu === undefined ? {} : { cpu: shares(recording.cpu) }),
    history: recording.actions,
  };
}

function shares({ cores, busy, stolen }: CpuUse): CpuUse {
  const round = (share: number) => Math.round(share * 1000) / 1000;
  return { cores, busy: round(busy), stolen: round(stolen) };
}

function course(values: readonly number[]): Course {
  return { start: values[0] ?? 0, peak: Math.max(0, ...values), end: values.at(-1) ?? 0 };
}
