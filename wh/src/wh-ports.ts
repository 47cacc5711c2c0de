import type { JobRuns } from "@compose-fleet/releases";
import type {
  DrainActions,
  ReplicaActions,
  ReplicaBaseline,
  TerminationHook,
  WorkerGroupActions,
} from "./act/ports.ts";
import type { JobWorkers } from "./jobs/ports.ts";
import type { LeaseStore } from "./leader/ports.ts";
import type { EventQueue } from "./notices/ports.ts";
import type { Channel } from "./notify/channel.ts";
import type { HistoryReader, MetricsReader } from "./observe/metrics-reader.ts";
import type { WorkerGroupReader } from "./observe/worker-group.ts";
import type { PullPorts } from "./releases/ports.ts";
import type { StateStore } from "./store/state-store.ts";

/** Everything outside, behind ports. */
export interface WhPorts {
  readonly metrics: MetricsReader;
  /** Of the same metrics. */
  readonly history: HistoryReader;
  readonly group: WorkerGroupReader & WorkerGroupActions;
  readonly replicas: ReplicaActions;
  readonly drains: DrainActions;
  readonly hook: TerminationHook;
  readonly jobs: { readonly runs: JobRuns; readonly workers: JobWorkers };
  readonly baseline: ReplicaBaseline;
  readonly state: StateStore;
  readonly lease: LeaseStore;
  readonly channels: readonly Channel[];
  /** Only where some workers are Spot. */
  readonly events?: EventQueue;
  /** Only where fleet.yaml says `releases.pull`. */
  readonly pull?: PullPorts;
}
