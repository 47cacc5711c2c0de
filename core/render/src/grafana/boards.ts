import type { Board, Query } from "./board.ts";

/** What users ask of services, not of nginx itself. */
const USERS = `service!~"internal|none"`;

const line = (legend: string, expr: string): Query => ({ legend, expr });
/** wh-standby exports the same numbers: one of both is enough. */
const ofEither = (metric: string, by: string) => `max by (${by}) (${metric})`;
const quantile = (share: number) =>
  `histogram_quantile(${share}, sum by (le) (rate(fleet_http_request_duration_seconds_bucket{${USERS}}[1m])))`;

const demo: Board = {
  uid: "fleet-demo",
  title: "Demo",
  panels: [
    { title: "Requests", unit: "reqps", queries: [line("{{service}}", "sum by (service) (fleet:requests:rate)")] },
    { title: "Latency", unit: "s", queries: [line("p50", quantile(0.5)), line("p99", quantile(0.99))] },
    {
      title: "Answers by status",
      unit: "reqps",
      isStacked: true,
      queries: [line("{{status}}", `sum by (status) (rate(fleet_http_requests_total{${USERS}}[1m]))`)],
    },
    {
      title: "Replicas",
      unit: "none",
      queries: [
        line("{{service}} ready", "sum by (service) (fleet:replicas_ready)"),
        line("{{service}} wanted", ofEither("wh_replicas_desired", "service")),
      ],
    },
    {
      title: "Workers",
      unit: "none",
      queries: [line("{{state}}", ofEither("wh_workers_observed", "state")), line("wanted", "max(wh_workers_desired)")],
    },
    {
      title: "Load of a replica",
      unit: "reqps",
      description: "Above the upper line a replica is added, below the lower one removed once the window has passed.",
      queries: [
        line("{{service}} on {{worker}}", "fleet:load_per_replica:rate"),
        line("{{service}} more above", `max by (service) (fleet_policy_target{kind="requests_per_replica_high"})`),
        line("{{service}} fewer below", `max by (service) (fleet_policy_target{kind="requests_per_replica_low"})`),
      ],
    },
  ],
};

const nginx: Board = {
  uid: "fleet-nginx",
  title: "Nginx",
  panels: [
    { title: "Arrivals", unit: "reqps", queries: [line("{{worker}}", "fleet:arrivals:rate")] },
    {
      title: "Arrivals minus completions",
      unit: "reqps",
      isSigned: true,
      description: "Above 0 for longer than a moment a queue grows on that worker.",
      queries: [line("{{worker}}", "fleet:arrivals:rate - fleet:completions:rate")],
    },
    {
      title: "Open requests",
      unit: "none",
      description: "Streams and WebSockets included, and the exporter's own. A drain waits for them.",
      queries: [line("{{worker}}", "max by (worker) (nginx_connections_writing)")],
    },
    {
      title: "Connections",
      unit: "none",
      queries: [
        line("{{worker}} active", "max by (worker) (nginx_connections_active)"),
        line("{{worker}} waiting", "max by (worker) (nginx_connections_waiting)"),
      ],
    },
    {
      title: "Mean duration",
      unit: "s",
      queries: [line("{{service}} on {{worker}}", "fleet:request_seconds:mean")],
    },
    {
      title: "Requests of nginx itself and of no service",
      unit: "reqps",
      queries: [
        line("{{service}}", `sum by (service) (rate(fleet_http_requests_total{service=~"internal|none"}[1m]))`),
      ],
    },
  ],
};

const nodes: Board = {
  uid: "fleet-nodes",
  title: "Nodes",
  panels: [
    { title: "CPU in use", unit: "percentunit", queries: [line("{{worker}}", "fleet_worker_cpu_ratio")] },
    {
      title: "CPU by service",
      unit: "none",
      description: "In cores.",
      isStacked: true,
      queries: [line("{{service}}", "sum by (service) (rate(container_cpu_usage_seconds_total[30s]))")],
    },
    {
      title: "Memory of containers against their limit",
      unit: "percentunit",
      queries: [
        line(
          "{{service}} on {{worker}}",
          "max by (worker, service) (container_memory_working_set_bytes / (container_spec_memory_limit_bytes > 0))",
        ),
      ],
    },
    {
      title: "Memory of the machine in use",
      unit: "percentunit",
      queries: [line("{{worker}}", "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes")],
    },
    {
      title: "Fullest disk",
      unit: "percentunit",
      queries: [
        line("{{worker}}", "1 - min by (worker) (node_filesystem_avail_bytes / (node_filesystem_size_bytes > 0))"),
      ],
    },
    {
      title: "Network",
      unit: "Bps",
      queries: [
        line("{{worker}} in", "sum by (worker) (rate(node_network_receive_bytes_total[1m]))"),
        line("{{worker}} out", "sum by (worker) (rate(node_network_transmit_bytes_total[1m]))"),
      ],
    },
  ],
};

const cluster: Board = {
  uid: "fleet-cluster",
  title: "Cluster overview",
  panels: [
    {
      title: "Workers by state",
      unit: "none",
      isStacked: true,
      queries: [line("{{state}}", ofEither("wh_workers_observed", "state"))],
    },
    { title: "Workers that answer", unit: "none", queries: [line("{{zone}}", `sum by (zone) (up{job="worker"})`)] },
    {
      title: "Draining",
      unit: "none",
      queries: [line("workers that drain", "sum(max by (worker) (fleet_worker_draining))")],
    },
    {
      title: "Replicas by worker",
      unit: "none",
      isStacked: true,
      queries: [line("{{worker}}", "sum by (worker) (fleet:replicas_ready)")],
    },
    {
      title: "Load by worker",
      unit: "reqps",
      isStacked: true,
      queries: [line("{{worker}}", "sum by (worker) (fleet:load:rate)")],
    },
    {
      title: "Mean CPU against its target",
      unit: "percentunit",
      queries: [
        line("mean", "avg(fleet_worker_cpu_ratio)"),
        line("more above", `max(fleet_policy_target{kind="cpu_high"})`),
      ],
    },
  ],
};

const scaler: Board = {
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

/** Every dashboard. */
export const boards: readonly Board[] = [demo, nginx, nodes, cluster, scaler];

/** What marks decisions on each of them: a time at which more or fewer workers, or replicas, were wanted than before. */
export const DECISIONS = {
  workers: "max(changes(wh_workers_desired[15s])) > 0",
  replicas: "max by (service) (changes(wh_replicas_desired[15s])) > 0",
} as const;
