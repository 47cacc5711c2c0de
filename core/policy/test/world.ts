import { type FleetConfig, type FleetConfigInput, parseFleetConfig } from "@compose-fleet/fleet";
import {
  type DecideOutput,
  type Decision,
  decide,
  emptyMemory,
  type GroupObservation,
  type Memory,
  type Observation,
  type Override,
  type Reading,
  type Signal,
  type WorkerObservation,
} from "../src/index.ts";

export const ok = (value: number): Reading => ({ ok: true, value });
export const missing: Reading = { ok: false, problem: "no sample" };

/** A fleet of one service `web`: 100 req/s a replica, 1-10 replicas a worker, 1-6 workers, other values production's. */
export function fleetConfig(change: Partial<FleetConfigInput> = {}): FleetConfig {
  const result = parseFleetConfig({
    name: "test",
    services: { web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } } },
    ...change,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config;
}

/** A worker that serves `requestsPerSecond` of `web` with `replicas` replicas, and nothing odd about it. */
export function worker(
  id: string,
  requestsPerSecond: number,
  replicas: number,
  change: Partial<WorkerObservation> = {},
): WorkerObservation {
  return {
    id,
    zone: "a",
    state: "in-service",
    launchedAtMs: 0,
    up: true,
    draining: false,
    cpuRatio: ok(0.1),
    arrivalsPerSecond: ok(requestsPerSecond),
    completionsPerSecond: ok(requestsPerSecond),
    openRequests: ok(0),
    services: { web: { requestsPerSecond: ok(requestsPerSecond), meanSeconds: ok(0.05), replicasReady: ok(replicas) } },
    ...change,
  };
}

/** The same worker when its metrics are missing. */
export function blindWorker(id: string): WorkerObservation {
  return worker(id, 0, 0, {
    up: false,
    cpuRatio: missing,
    arrivalsPerSecond: missing,
    completionsPerSecond: missing,
    openRequests: missing,
    services: { web: { requestsPerSecond: missing, meanSeconds: missing, replicasReady: missing } },
  });
}

/** A group of these workers; demand is the sum of what they serve. */
export function observe(
  atSeconds: number,
  workers: readonly WorkerObservation[],
  change: Partial<GroupObservation> = {},
): Observation {
  const served = workers.map(({ services }) => services.web?.requestsPerSecond ?? missing);
  const readable = served.filter((reading) => reading.ok);
  return {
    atMs: atSeconds * 1000,
    metricsReadable: true,
    group: {
      ok: true,
      value: {
        desired: workers.filter(({ state }) => state !== "terminating").length,
        min: 1,
        max: 6,
        workers,
        failedLaunches: 0,
        ...change,
      },
    },
    demand: { web: readable.length > 0 ? ok(readable.reduce((sum, { value }) => sum + value, 0)) : missing },
  };
}

export interface Asked {
  readonly signals?: readonly Signal[];
  readonly overrides?: readonly Override[];
  readonly inFlight?: ReadonlySet<string>;
}

/** Runs ticks one after another, keeping the memory. */
export class Scaler {
  memory: Memory;
  readonly config: FleetConfig;

  constructor(config: FleetConfig = fleetConfig(), startSeconds = 0) {
    this.config = config;
    this.memory = emptyMemory(startSeconds * 1000);
  }

  tick(
    observation: Observation,
    { signals = [], overrides = [], inFlight = new Set() }: Asked = {},
  ): readonly Decision[] {
    const output: DecideOutput = decide({
      config: this.config,
      observation,
      signals,
      overrides,
      inFlight,
      memory: this.memory,
    });
    this.memory = output.memory;
    return output.decisions;
  }

  /** Ticks every 5 s from `fromSeconds` up to and including `toSeconds`; the last tick's decisions. */
  watch(
    fromSeconds: number,
    toSeconds: number,
    at: (seconds: number) => Observation,
    asked: Asked = {},
  ): readonly Decision[] {
    let last: readonly Decision[] = [];
    for (let seconds = fromSeconds; seconds <= toSeconds; seconds += 5) last = this.tick(at(seconds), asked);
    return last;
  }
}

/** The decision on the group as `hold steady`, `set-capacity 1>3 load-needs-more`, `terminate-worker i-2 3>2 …`. */
export function onWorkers(decisions: readonly Decision[]): string {
  return brief(
    decisions.find(
      (decision) =>
        decision.kind !== "scale-containers" && (decision.kind !== "hold" || decision.target.kind === "workers"),
    ),
  );
}

/** The decision on `web` on a worker, in the same form. */
export function onReplicas(decisions: readonly Decision[], id: string): string {
  return brief(
    decisions.find((decision) =>
      decision.kind === "hold"
        ? decision.target.kind === "replicas" && decision.target.worker === id
        : decision.kind === "scale-containers" && decision.worker === id,
    ),
  );
}

function brief(decision: Decision | undefined): string {
  if (!decision) return "none";
  if (decision.kind === "hold") return `hold ${decision.reason.code}`;
  const who = "worker" in decision && decision.kind !== "scale-containers" ? ` ${decision.worker}` : "";
  return `${decision.kind}${who} ${decision.from}>${decision.to} ${decision.reason.code}`;
}
