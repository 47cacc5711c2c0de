import type { FleetConfig } from "@compose-fleet/fleet";
import {
  type ActiveSignal,
  type Limit,
  type Override,
  type Reading,
  renderReason,
  type WorkerObservation,
} from "@compose-fleet/policy";
import type { LeaderView, PullView, Receipt, StatusAnswer } from "@compose-fleet/wh-api";
import type { TickResult } from "../loop/tick-result.ts";
import { limitViews } from "./limit-view.ts";

export interface StatusInput {
  readonly config: FleetConfig;
  readonly hold: boolean;
  readonly overrides: readonly Override[];
  /** What schedules and the budget say. */
  readonly limits: readonly Limit[];
  readonly tick: TickResult | undefined;
  readonly signals: readonly ActiveSignal[];
  readonly inFlight: ReadonlySet<string>;
  readonly blindSeconds: number;
  readonly leader: LeaderView;
  readonly releases: PullView | null;
  readonly startedAtMs: number;
  readonly wallMs: (monotonicMs: number) => number;
  readonly receipts: readonly Receipt[];
}

/** The fleet at a glance: observed and desired per target. Numbers that could not be read are null. */
export function statusOf(input: StatusInput): StatusAnswer {
  const { config, tick } = input;
  const group = tick?.observation.group;
  const workers = group?.ok ? group.value.workers : [];
  const serving = workers.filter(({ state }) => state === "in-service");
  const wanted = (target: string) => tick?.records.find((record) => record.target === target)?.to ?? null;
  const count = (state: WorkerObservation["state"]) => workers.filter((worker) => worker.state === state).length;

  return {
    fleet: { name: config.name, environment: config.environment },
    hold: input.hold,
    leader: input.leader,
    releases: input.releases,
    startedAtMs: input.startedAtMs,
    blindSeconds: input.blindSeconds,
    lastTick: tick
      ? {
          number: tick.number,
          atMs: tick.atMs,
          tookMs: tick.tookMs,
          metricsReadable: tick.observation.metricsReadable,
          groupProblem: tick.observation.group.ok ? null : tick.observation.group.problem,
        }
      : null,
    workers: group?.ok
      ? {
          inService: count("in-service"),
          pending: count("pending"),
          terminating: count("terminating"),
          aside: count("aside"),
          draining: serving.filter(({ draining }) => draining).length,
          groupDesired: group.value.desired,
          desired: wanted("workers"),
          min: Math.max(group.value.min, config.workers.min),
          max: Math.min(group.value.max, config.workers.max),
          failedLaunches: group.value.failedLaunches,
          launchProblem: group.value.launchProblem ?? null,
          unread: group.value.unread ?? [],
          busyWith: group.value.busyWith ?? null,
          suspended: group.value.suspended ?? [],
        }
      : null,
    services: Object.fromEntries(
      Object.keys(config.services).map((service) => [
        service,
        {
          requestsPerSecond: sum(serving.map((worker) => worker.services[service]?.requestsPerSecond)),
          demand: numberOf(tick?.observation.demand[service]),
          replicasReady: sum(serving.map((worker) => worker.services[service]?.replicasReady)),
          replicasDesired: tick
            ? tick.records.reduce((total, record) => total + (record.service === service ? record.to : 0), 0)
            : null,
        },
      ]),
    ),
    members: workers.map((worker) => ({
      id: worker.id,
      zone: worker.zone,
      state: worker.state,
      up: worker.up === "unknown" ? null : worker.up,
      lifecycle: worker.lifecycle ?? null,
      draining: worker.draining,
      launchedAtMs: input.wallMs(worker.launchedAtMs),
      cpuRatio: numberOf(worker.cpuRatio),
      arrivalsPerSecond: numberOf(worker.arrivalsPerSecond),
      completionsPerSecond: numberOf(worker.completionsPerSecond),
      services: Object.fromEntries(
        Object.entries(worker.services).map(([service, seen]) => [
          service,
          {
            requestsPerSecond: numberOf(seen.requestsPerSecond),
            meanSeconds: numberOf(seen.meanSeconds),
            replicasReady: numberOf(seen.replicasReady),
            replicasDesired: wanted(`replicas/${worker.id}/${service}`),
          },
        ]),
      ),
    })),
    targets: (tick?.records ?? []).map((record) => ({
      target: record.target,
      kind: record.kind,
      from: record.from,
      desired: record.to,
      code: record.reason.code,
      text: renderReason(record.reason),
      inFlight: input.inFlight.has(record.target),
    })),
    signals: input.signals.map(({ signal, name, lastSeenAtMs, endsAtMs }) => ({
      ...signal,
      name,
      lastSeenAtMs: input.wallMs(lastSeenAtMs),
      endsAtMs: endsAtMs === undefined ? null : input.wallMs(endsAtMs),
    })),
    lasting: (tick?.lasting ?? []).map(({ key, sinceMs, text }) => ({ key, sinceMs: input.wallMs(sinceMs), text })),
    overrides: input.overrides,
    limits: limitViews(input.limits, input.overrides, input.wallMs),
    dryRun: {
      fleet: config.scaling.dryRun,
      services: Object.keys(config.services).filter((service) => config.services[service]?.dryRun === true),
    },
    receipts: input.receipts,
  };
}

function numberOf(reading: Reading | undefined): number | null {
  return reading?.ok ? reading.value : null;
}

/** The sum of what is readable; null when nothing is. */
function sum(readings: readonly (Reading | undefined)[]): number | null {
  const values = readings.flatMap((reading) => (reading?.ok ? [reading.value] : []));
  return values.length > 0 ? values.reduce((total, value) => total + value, 0) : null;
}
