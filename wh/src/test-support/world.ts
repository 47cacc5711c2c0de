import type { FleetConfig } from "@compose-fleet/fleet";
import type { Unread } from "@compose-fleet/policy";
import { QUANTITIES, type Quantity } from "@compose-fleet/policy";
import { createInMemoryJobRuns } from "@compose-fleet/release-aws/in-memory-job-runs";
import type { Outcome } from "../act/outcome.ts";
import type { ConsoleFiles } from "../console/console-files.ts";
import { TRAFFIC_QUERIES } from "../console/traffic.ts";
import { createWh } from "../create-wh.ts";
import { createInMemoryLease } from "../leader/in-memory-lease.ts";
import type { LeaseStore } from "../leader/ports.ts";
import type { Channel } from "../notify/channel.ts";
import type { QueryResult } from "../observe/metrics-reader.ts";
import { observationQueries } from "../observe/queries.ts";
import { createInMemoryState } from "../store/in-memory-state.ts";
import type { StateStore } from "../store/state-store.ts";
import type { WhPorts } from "../wh-ports.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { createMemoryLog } from "./memory-log.ts";
import { testFleet } from "./test-fleet.ts";

export const ALERTS_TOKEN = "alerts-token-0123456789";
export const API_TOKEN = "api-token-0123456789abc";

const ok: Outcome = { status: "applied" };

/** A small world around the real scaler: workers with replicas, load in requests per second, and what may break. */
export function createWorld(
  options: {
    hold?: boolean;
    state?: StateStore;
    lease?: LeaseStore;
    channels?: readonly Channel[];
    clock?: FakeClock;
    holder?: string;
    baseline?: WhPorts["baseline"];
    fleet?: FleetConfig;
    pull?: WhPorts["pull"];
    consoleFiles?: ConsoleFiles;
    jobs?: WhPorts["jobs"];
    events?: WhPorts["events"];
  } = {},
) {
  const fleet = options.fleet ?? testFleet();
  const clock = options.clock ?? createFakeClock(1_700_000_000_000);
  const log = createMemoryLog();
  const queries = observationQueries(fleet);
  const world = {
    clock,
    log,
    fleet,
    desired: 1,
    min: 1,
    max: 6,
    /** AWS launches nobody, and says so after each request. */
    launchesFail: false,
    failedLaunches: 0,
    suspended: [] as string[],
    /** What cannot be read beside the group. */
    unread: [] as Unread[],
    /** Members that somebody put into Standby. */
    standby: new Set<string>(),
    /** Queries that Prometheus does not answer. */
    failingQueries: new Set<Quantity>(),
    /** What no worker sends. */
    missingSeries: new Set<Quantity>(),
    /** Replicas by worker. */
    workers: new Map<string, number>([["i-1", 1]]),
    draining: new Set<string>(),
    /** By worker, replicas that finish their work. */
    leaving: new Map<string, number>(),
    /** By worker, the CPU that its replicas use, in replicas that are at their limit. */
    busyReplicas: new Map<string, number>(),
    /** What a service's own query answers, by its PromQL. */
    signals: new Map<string, QueryResult>(),
    /** By worker, streams and the like. */
    openRequests: new Map<string, number>(),
    /** By worker. */
    runningJobs: new Map<string, number>(),
    /** Workers whose scrape target does not answer, and of which nothing is known. */
    silent: new Set<string>(),
    requestsPerSecond: 10,
    /** What they were at a time, epoch seconds. */
    pastRequestsPerSecond: (_seconds: number): number => 10,
    prometheusIsUp: true,
    historyIsReadable: true,
    groupIsReadable: true,
    /** What else changes the group, in words. */
    busyWith: undefined as string | undefined,
    observations: 0,
    calls: [] as string[],
    baselines: [] as object[],
    /** Called for each command before it ends; may delay it or change its outcome. */
    onCommand: async (): Promise<Outcome> => ok,
  };

  const service = { service: "service-a" };
  const samples = (name: Quantity): QueryResult => {
    if (!world.prometheusIsUp) return unreadable;
    if (world.failingQueries.has(name)) return { ok: false, problem: "Prometheus answered 503: overloaded" };
    if (world.missingSeries.has(name)) return { ok: true, samples: [] };
    const members = [...world.workers.keys()];
    const ids = members.filter((id) => !world.silent.has(id));
    // The load balancer sends nothing to a worker that drains.
    const isOut = (id: string) => world.draining.has(id) || world.standby.has(id);
    const taking = ids.filter((id) => !isOut(id)).length;
    const share = (worker: string) => (isOut(worker) ? 0 : world.requestsPerSecond / Math.max(1, taking));
    const each = (value: (id: string) => number, more: object = {}) => ({
      ok: true as const,
      samples: ids.map((worker) => ({ labels: { worker, ...more }, value: value(worker) })),
    });
    switch (name) {
      case "up":
        return {
          ok: true,
          samples: members.map((worker) => ({ labels: { worker }, value: Number(!world.silent.has(worker)) })),
        };
      case "requests":
        return each(share, service);
      case "seconds":
        return each(() => 0.05, service);
      case "arrivals":
        return each(share);
      case "open":
        return each((worker) => 1 + (world.openRequests.get(worker) ?? 0));
      case "replicas":
        return each((worker) => world.workers.get(worker) ?? 0, service);
      case "cpu":
        return each(() => 0.1);
      case "leaving":
        return each((worker) => world.leaving.get(worker) ?? 0, service);
      case "replicaCpu":
        return each((worker) => world.busyReplicas.get(worker) ?? 0, service);
      case "replicasTimed":
        return each((worker) => world.workers.get(worker) ?? 0, service);
      case "draining":
        return each((worker) => Number(world.draining.has(worker)));
      case "jobs":
        return each((worker) => world.runningJobs.get(worker) ?? 0);
      case "demand":
        return { ok: true, samples: [{ labels: service, value: world.requestsPerSecond }] };
    }
  };

  const unreadable: QueryResult = { ok: false, problem: "Prometheus cannot be read: down" };
  const sampleOf = (value: number): QueryResult => ({ ok: true, samples: [{ labels: {}, value }] });
  const traffic: Readonly<Record<string, () => number>> = {
    [TRAFFIC_QUERIES.requestsPerSecond]: () => world.requestsPerSecond,
    [TRAFFIC_QUERIES.p99Seconds]: () => 0.2,
    [TRAFFIC_QUERIES.failuresPerSecond]: () => 0,
  };

  const ports: WhPorts = {
    metrics: {
      query: async (promql) => {
        if (promql in traffic) return world.prometheusIsUp ? sampleOf(traffic[promql]?.() ?? 0) : unreadable;
        const name = QUANTITIES.find((candidate) => queries[candidate] === promql);
        if (name === "up") world.observations++;
        return name
          ? samples(name)
          : (world.signals.get(promql) ?? { ok: false, problem: `unexpected query ${promql}` });
      },
    },
    history: {
      range: async (_promql, { fromSeconds, toSeconds, stepSeconds }) => {
        if (!world.prometheusIsUp || !world.historyIsReadable)
          return { ok: false, problem: "Prometheus cannot be read: down" };
        const steps = Math.floor((toSeconds - fromSeconds) / stepSeconds) + 1;
        const at = (index: number) => fromSeconds + index * stepSeconds;
        const values = Array.from(
          { length: steps },
          (_, index) => [at(index), world.pastRequestsPerSecond(at(index))] as const,
        );
        return { ok: true, series: [{ labels: service, values }] };
      },
    },
    group: {
      describe: async () =>
        world.groupIsReadable
          ? {
              ok: true,
              value: {
                desired: world.desired,
                min: world.min,
                max: world.max,
                failedLaunches: world.failedLaunches,
                ...(world.failedLaunches > 0 && {
                  lastFailedLaunchAtMs: clock.nowMs(),
                  launchProblem: "We currently do not have sufficient capacity",
                }),
                ...(world.suspended.length > 0 && { suspended: world.suspended }),
                ...(world.unread.length > 0 && { unread: world.unread }),
                ...(world.busyWith !== undefined && { busyWith: world.busyWith }),
                members: [...world.workers.keys()].map((id) => ({
                  id,
                  zone: "a",
                  state: world.standby.has(id) ? "aside" : "in-service",
                  lifecycle: world.standby.has(id) ? "Standby" : "InService",
                  launchedAtMs: 0,
                })),
              },
            }
          : { ok: false, problem: "the group cannot be read" },
      setDesired: async (workers) => {
        world.calls.push(`desired ${workers}`);
        world.desired = workers;
        if (world.launchesFail) world.failedLaunches += workers > world.workers.size ? 1 : 0;
        else for (let index = world.workers.size + 1; index <= workers; index++) world.workers.set(`i-${index}`, 1);
        // Below what exists the group chooses whom to end, and nobody drains it.
        for (const id of [...world.workers.keys()].slice(workers)) {
          world.calls.push(`the group ends ${id}`);
          world.workers.delete(id);
        }
        return ok;
      },
      terminate: async (worker) => {
        world.calls.push(`terminate ${worker}`);
        world.workers.delete(worker);
        world.draining.delete(worker);
        world.desired--;
        return ok;
      },
      replace: async (worker) => {
        world.calls.push(`replace ${worker}`);
        world.workers.delete(worker);
        world.workers.set(`${worker}-next`, 1);
        return ok;
      },
    },
    drains: {
      setDraining: async ({ worker, draining }) => {
        world.calls.push(`${draining ? "drain" : "cancel-drain"} ${worker}`);
        if (draining) world.draining.add(worker);
        else world.draining.delete(worker);
        return ok;
      },
    },
    hook: { complete: async () => ok, heartbeat: async () => ok },
    jobs: options.jobs ?? {
      runs: createInMemoryJobRuns(),
      workers: { run: async () => ({ kind: "done", words: "" }) },
    },
    replicas: {
      setReplicas: async ({ worker, service, replicas }) => {
        world.calls.push(`${worker} ${service} ${replicas}`);
        const outcome = await world.onCommand();
        if (outcome.status === "applied") world.workers.set(worker, replicas);
        return outcome;
      },
    },
    baseline: options.baseline ?? { write: async (replicas) => void world.baselines.push(replicas) },
    lease: options.lease ?? createInMemoryLease(),
    state: options.state ?? createInMemoryState(),
    channels: options.channels ?? [],
    ...(options.pull && { pull: options.pull }),
    ...(options.events && { events: options.events }),
  };

  let ids = 0;
  const wh = createWh({
    config: { fleet, hold: options.hold ?? false, holder: options.holder ?? "wh/1" },
    tokens: { alertsToken: ALERTS_TOKEN, apiToken: API_TOKEN },
    ports,
    consoleFiles: options.consoleFiles,
    clock,
    log,
    newId: () => `id-${++ids}`,
  });
  return Object.assign(world, { wh });
}
