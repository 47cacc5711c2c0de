import type { LookAnswer, RecordedDecision, StatusAnswer, TrendPoint } from "@compose-fleet/wh-api";

/** A fleet that never was, to look at the console with. */
export interface RecordingOptions {
  readonly workers: number;
  readonly replicas: number;
  readonly decisions: number;
  readonly service: string;
  /** When the first look was, epoch milliseconds. */
  readonly startMs: number;
}

const TICK_MS = 5_000;
const CAPACITY = 100;

/** The look of each step, 5 s apart. The first is whole, later ones add to it. */
export function recordedLook(options: RecordingOptions, step: number): LookAnswer {
  const { service, startMs } = options;
  const nowMs = startMs + step * TICK_MS;
  const isWhole = step === 0;
  const from = isWhole ? -360 : step;
  const trend = Array.from({ length: step - from + 1 }, (_, index) => pointOf(options, from + index));
  const load = trend.at(-1)?.services[service]?.load ?? 0;
  const status = statusOf(options, { nowMs, step, load });
  return {
    nowMs,
    console: null,
    isWhole,
    status,
    traffic: { requestsPerSecond: load, p99Seconds: 0.084 + 0.02 * Math.sin(step), failuresPerSecond: 0 },
    cost: {
      usdPerHour: 0.09 + 0.026 * options.workers,
      usdPerMonth: 730 * (0.09 + 0.026 * options.workers),
      fixedUsdPerHour: 0.09 + 0.052 * options.workers,
      budgetUsdPerMonth: 100_000,
    },
    capacities: { [service]: CAPACITY },
    turningPoints: status.targets.map(({ desired, target }) => ({
      target,
      measure: "requests-per-second",
      service,
      signal: null,
      now: target === "workers" ? load : load / options.workers,
      growsAbove: target === "workers" ? desired * 630 : desired * 70,
      shrinksBelow: target === "workers" ? (desired - 1) * 567 : (desired - 1) * 59.5,
      secondsLeft: target === "workers" ? 240 - (step % 48) * 5 : null,
    })),
    trend,
    decisions: isWhole
      ? Array.from({ length: options.decisions }, (_, index) =>
          decisionOf(options, nowMs - 20_000 * (index + 1), index),
        )
      : step % 4 === 0
        ? [decisionOf(options, nowMs, -step)]
        : [],
  };
}

function pointOf({ replicas, service, startMs, workers }: RecordingOptions, step: number): TrendPoint {
  const full = workers * replicas * CAPACITY;
  const load = full * (0.45 + 0.25 * Math.sin(step / 40) + 0.03 * Math.sin(step * 1.7));
  const aheadMs = 120_000;
  const capacity = full * (0.7 + 0.3 * Math.sign(Math.sin((step + 10) / 40)));
  const forecast = full * (0.45 + 0.25 * Math.sin((step + aheadMs / TICK_MS) / 40));
  const atMs = startMs + step * TICK_MS;
  return { atMs, workers, services: { [service]: { load, capacity, forecast, forecastForMs: atMs + aheadMs } } };
}

function statusOf(
  { replicas, service, startMs, workers }: RecordingOptions,
  { load, nowMs, step }: { readonly load: number; readonly nowMs: number; readonly step: number },
): StatusAnswer {
  const each = load / workers;
  const members: StatusAnswer["members"] = Array.from({ length: workers }, (_, index) => {
    const isBooting = index === 1;
    return {
      id: `i-${(0x0a1b2c3d4e5f + index * 7_919).toString(16).padStart(17, "0")}`,
      zone: `eu-central-1${"abc"[index % 3]}`,
      state: isBooting ? "pending" : "in-service",
      up: isBooting ? null : index !== 3,
      lifecycle: isBooting ? "Pending:Wait" : "InService",
      draining: index === 2,
      launchedAtMs: isBooting ? nowMs - 42_000 : startMs - 3_600_000,
      cpuRatio: isBooting ? null : 0.3 + 0.3 * Math.abs(Math.sin(index + step / 9)),
      arrivalsPerSecond: isBooting ? null : each,
      completionsPerSecond: isBooting ? null : each,
      services: {
        [service]: {
          requestsPerSecond: isBooting ? null : each * (0.4 + ((index * 7 + step) % 12) / 8),
          meanSeconds: 0.05,
          replicasReady: isBooting ? 0 : replicas - (index % 4 === 0 ? 2 : 0),
          replicasDesired: replicas,
        },
      },
    };
  });
  return {
    fleet: { name: "recorded", environment: "nowhere" },
    hold: false,
    leader: { holder: "wh/1a2b", isMe: true, fence: 7, mandate: "everything" },
    releases: null,
    startedAtMs: startMs - 7_200_000,
    blindSeconds: 0,
    lastTick: { number: step + 1, atMs: nowMs, tookMs: 12, metricsReadable: true, groupProblem: null },
    workers: {
      inService: workers - 1,
      pending: 1,
      terminating: 0,
      aside: 0,
      draining: workers > 2 ? 1 : 0,
      groupDesired: workers,
      desired: workers,
      min: 1,
      max: workers * 2,
      failedLaunches: 0,
      launchProblem: null,
      unread: [],
      busyWith: null,
      suspended: [],
    },
    services: {
      [service]: {
        requestsPerSecond: load,
        demand: load,
        replicasReady: workers * replicas,
        replicasDesired: workers * replicas,
      },
    },
    members,
    targets: [
      {
        target: "workers",
        kind: "hold",
        from: workers,
        desired: workers,
        code: "window-holds",
        text: `${service}: ${Math.round(load)} req/s at 1000 each need ${Math.ceil(load / 900)} now, but ${workers} were needed recently: ${240 - (step % 48) * 5} s left`,
        inFlight: false,
      },
      ...members.map(({ id }) => ({
        target: `replicas/${id}/${service}`,
        kind: "hold" as const,
        from: replicas,
        desired: replicas,
        code: "steady",
        text: `${Math.round(each)} req/s at ${CAPACITY} each need ${replicas}: nothing to do`,
        inFlight: false,
      })),
    ],
    signals: [],
    lasting: [],
    limits: [
      {
        id: "o-1",
        source: "override",
        target: "fleet",
        pause: "all",
        by: "eva",
        reason: "looking at the load balancer",
        untilMs: startMs + 600_000,
      },
      { id: "evenings", source: "schedule", target: "workers", min: 3, by: "fleet.yaml", untilMs: null },
    ],
    dryRun: { fleet: false, services: [] },
    overrides: [{ kind: "pause", id: "o-1", by: "eva", expiresAtMs: startMs + 600_000 }],
    receipts: [
      {
        id: "r-1",
        receivedAtMs: nowMs - 65_000,
        receiver: "wh",
        groupKey: "{}",
        firing: 1,
        resolved: 0,
        truncatedAlerts: 0,
        notes: [],
        tick: step,
        decisions: ["d-1"],
        holds: [],
      },
    ],
  };
}

function decisionOf({ replicas, service, workers }: RecordingOptions, atMs: number, index: number): RecordedDecision {
  const isOfWorkers = index % 5 === 0;
  const isUp = index % 2 === 0;
  const from = isOfWorkers ? workers : replicas - 2;
  const leaves = isOfWorkers && !isUp;
  return {
    id: `d-${index}`,
    tick: 1,
    atMs,
    target: isOfWorkers ? "workers" : `replicas/i-${index % workers}/${service}`,
    kind: leaves ? "terminate-worker" : isOfWorkers ? "set-capacity" : "scale-containers",
    from,
    to: isUp ? from + 2 : from - 1,
    ...(leaves && { worker: `i-${index % workers}` }),
    ...(!isOfWorkers && { worker: `i-${index % workers}`, service }),
    reason: { code: "load-needs-more", numbers: {} },
    text: isUp ? "412 req/s at 100 each, filled to 0.7, need 6" : "i-7 has drained for 42 s and been quiet for 15 s",
    receipts: [],
    outcome:
      index % 9 === 4
        ? { status: "failed", atMs: atMs + 900, reason: "throttled", retryable: true }
        : { status: "applied", atMs: atMs + 1_400 },
  };
}
