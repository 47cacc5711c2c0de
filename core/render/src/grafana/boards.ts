import type { Board, Mark } from "./board.ts";
import { cost } from "./cost-board.ts";
import { line, ofEither } from "./query.ts";
import { scaler } from "./scaler-board.ts";

/** What users ask of services, not of nginx itself. */
const USERS = `service!~"internal|none"`;

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

/** Every dashboard. */
export const boards: readonly Board[] = [demo, nginx, nodes, cluster, scaler, cost];

/** What marks times on each of them. */
export const MARKS: readonly Mark[] = [
  { name: "Decisions on workers", color: "purple", expr: "max(changes(wh_workers_desired[15s])) > 0" },
  { name: "Decisions on replicas", color: "blue", expr: "max by (service) (changes(wh_replicas_desired[15s])) > 0" },
  { name: "Releases", color: "orange", expr: "max(wh_group_busy) > 0" },
];
