import type { FleetConfig } from "@compose-fleet/fleet";
import { policyTargets, targetOf } from "@compose-fleet/policy";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Outcome } from "../act/outcome.ts";
import type { DecisionRecord } from "../loop/decision-record.ts";
import type { TickResult } from "../loop/tick-result.ts";
import type { EventResult } from "../notices/notice-reader.ts";
import { createCostMetrics } from "./cost-metrics.ts";
import { createForecastMetrics } from "./forecast-metrics.ts";

/** The scaler's own metrics. Labels are only names from fleet.yaml and closed sets. */
export interface Metrics {
  readonly registry: Registry;
  onTick(result: TickResult): void;
  onOutcome(record: DecisionRecord, outcome: Outcome): void;
  tickFailed(): void;
  stateFailed(): void;
  /** `result` is an HTTP status class or a status such as 202. */
  notificationAnswered(status: number): void;
  /** An event of the fleet's queue was read. */
  eventRead(result: EventResult): void;
  /** Whether this scaler leads, asked at each scrape. */
  watchLeadership(leads: () => boolean): void;
  /** Seconds without readable metrics since the start. */
  blindSeconds(): number;
}

/** Metrics in a registry of their own. */
export function createMetrics(config: FleetConfig): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // The default, 10 ms, wakes an idle process 100 times a second.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 200 });

  const targets = new Gauge({
    name: "fleet_policy_target",
    help: "Thresholds of the policy, which the alert rules read",
    labelNames: ["kind", "service"],
    registers,
  });
  for (const { kind, service, value } of policyTargets(config)) targets.set({ kind, service }, value);

  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const ticks = counter("wh_ticks_total", "Ticks of the loop", ["result"]);
  const decisions = counter("wh_decisions_total", "Decisions, holds included", ["level", "kind", "reason"]);
  const actions = counter("wh_actions_total", "Actions by how they ended", ["kind", "outcome"]);
  const notifications = counter("wh_notifications_total", "Webhook calls by answered status", ["status"]);
  const events = counter("wh_events_total", "Events of AWS that were read, by what became of them", ["result"]);
  const blind = counter("wh_blind_seconds_total", "Seconds in which Prometheus could not be read");
  const stateErrors = counter("wh_state_errors_total", "Failed calls to the state table");
  const signals = gauge("wh_signals_active", "Active signals");
  const lastTick = gauge("wh_last_tick_timestamp_seconds", "When the last tick ended");
  const workersObserved = gauge("wh_workers_observed", "Workers by state", ["state"]);
  const workersDesired = gauge("wh_workers_desired", "Workers wanted by the last decision");
  const replicasObserved = gauge("wh_replicas_observed", "Healthy replicas over all workers in service", ["service"]);
  const replicasDesired = gauge("wh_replicas_desired", "Replicas wanted over all workers in service", ["service"]);
  const demand = gauge("wh_demand_requests_per_second", "Observed demand", ["service"]);
  const busy = gauge("wh_group_busy", "1 while a release or an instance refresh is, or may be, under way");
  const onWorkers = createCostMetrics(config, registry);
  const onForecast = createForecastMetrics(registry);
  const took = new Histogram({
    name: "wh_tick_duration_seconds",
    help: "From observing to deciding",
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  let leads = () => false;
  new Gauge({
    name: "wh_leader",
    help: "1 for the scaler that acts, 0 for one that stands by",
    registers,
    collect() {
      this.set(leads() ? 1 : 0);
    },
  });
  let lastAtMs: number | undefined;
  let blindSeconds = 0;
  blind.inc(0);
  stateErrors.inc(0);

  return {
    registry,
    onTick: (result) => {
      const { observation } = result;
      ticks.inc({ result: "ok" });
      took.observe(result.tookMs / 1000);
      lastTick.set(result.atMs / 1000);
      signals.set(result.signals.length);
      onForecast(result);
      if (!observation.metricsReadable && lastAtMs !== undefined) {
        const seconds = (observation.atMs - lastAtMs) / 1000;
        blindSeconds += seconds;
        blind.inc(seconds);
      }
      lastAtMs = observation.atMs;
      const desired = new Map<string, number>();
      for (const decision of result.decisions) {
        const target = targetOf(decision);
        const to = decision.kind === "hold" ? decision.current : decision.to;
        decisions.inc({ level: target.kind, kind: decision.kind, reason: decision.reason.code });
        if (target.kind === "workers") workersDesired.set(to);
        else desired.set(target.service, (desired.get(target.service) ?? 0) + to);
      }
      for (const service of Object.keys(config.services)) {
        replicasDesired.set({ service }, desired.get(service) ?? 0);
        const reading = observation.demand[service];
        if (reading?.ok) demand.set({ service }, reading.value);
      }
      if (!observation.group.ok) return;
      const { workers } = observation.group.value;
      onWorkers(workers.length);
      busy.set(observation.group.value.busyWith === undefined ? 0 : 1);
      for (const state of ["pending", "in-service", "terminating", "aside"] as const) {
        workersObserved.set({ state }, workers.filter((worker) => worker.state === state).length);
      }
      for (const service of Object.keys(config.services)) {
        const ready = workers
          .filter((worker) => worker.state === "in-service")
          .map((worker) => worker.services[service]?.replicasReady)
          .reduce((sum, reading) => sum + (reading?.ok ? reading.value : 0), 0);
        replicasObserved.set({ service }, ready);
      }
    },
    onOutcome: (record, outcome) => actions.inc({ kind: record.kind, outcome: outcome.status }),
    watchLeadership: (asked) => {
      leads = asked;
    },
    tickFailed: () => ticks.inc({ result: "failed" }),
    stateFailed: () => stateErrors.inc(),
    eventRead: (result) => events.inc({ result }),
    notificationAnswered: (status) => notifications.inc({ status: String(status) }),
    blindSeconds: () => blindSeconds,
  };
}
