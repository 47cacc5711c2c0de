import type { Board } from "./board.ts";
import { line, ofEither } from "./query.ts";

/** What the scaler sees, decides and misses. */
export const scaler: Board = {
  uid: "fleet-scaler",
  title: "Scaler",
  panels: [
    {
      title: "Decisions by reason",
      unit: "short",
      description: "Of the last minute, holds included.",
      isStacked: true,
      queries: [line("{{reason}}", "sum by (reason) (increase(wh_decisions_total[1m]))")],
    },
    {
      title: "Who leads",
      unit: "none",
      description: "One of both. Two at once, or none, must not last.",
      queries: [line("{{instance}}", "max by (instance) (wh_leader)")],
    },
    {
      title: "A tick",
      unit: "s",
      description: "From observing to deciding.",
      queries: [
        line("p50", "histogram_quantile(0.5, sum by (le) (rate(wh_tick_duration_seconds_bucket[5m])))"),
        line("p99", "histogram_quantile(0.99, sum by (le) (rate(wh_tick_duration_seconds_bucket[5m])))"),
      ],
    },
    {
      title: "Since the last tick",
      unit: "s",
      description: "An alert tells when it is too long.",
      queries: [line("{{instance}}", "time() - max by (instance) (wh_last_tick_timestamp_seconds)")],
    },
    {
      title: "Blind",
      unit: "percentunit",
      description: "Share of the time in which Prometheus could not be read.",
      queries: [line("{{instance}}", "max by (instance) (rate(wh_blind_seconds_total[5m]))")],
    },
    {
      title: "Blind time",
      unit: "s",
      description: "Seconds of the last hour in which Prometheus could not be read.",
      queries: [line("{{instance}}", "max by (instance) (increase(wh_blind_seconds_total[1h]))")],
    },
    {
      title: "Forecast against truth",
      unit: "reqps",
      description:
        "With scaling.predictive: what was foreseen for now, when a worker launched then would serve now. Else the demand alone.",
      queries: [
        line("{{service}}", ofEither("wh_demand_requests_per_second", "service")),
        {
          ...line("{{service}} as it was foreseen", ofEither("wh_forecast_requests_per_second", "service")),
          onlyWith: "scaling.predictive",
        },
      ],
    },
    {
      title: "Demand against what was decided",
      unit: "reqps",
      queries: [
        line("{{service}}", ofEither("wh_demand_requests_per_second", "service")),
        line(
          "{{service}} that the wanted replicas take",
          `max by (service) (wh_replicas_desired) * on (service) max by (service) (fleet_policy_target{kind="requests_per_replica_high"})`,
        ),
      ],
    },
    {
      title: "Failed calls to the state table",
      unit: "short",
      queries: [line("{{instance}}", "max by (instance) (increase(wh_state_errors_total[5m]))")],
    },
    { title: "Active signals", unit: "none", queries: [line("{{instance}}", "max by (instance) (wh_signals_active)")] },
  ],
};
