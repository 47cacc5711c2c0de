import { type FleetConfig, fleetNames, PORTS, prometheusDuration, type ServiceConfig } from "@compose-fleet/fleet";
import { nginxFiles } from "./nginx/nginx-files.ts";
import { plainYaml } from "./plain-yaml.ts";
import type { RenderedFile } from "./rendered-file.ts";
import { jobsTable, servicesTable, tsv } from "./tables.ts";

const FOLDER = "stack-worker/rendered";
type NamedService = readonly [name: string, service: ServiceConfig];

const HEADER = "# Rendered from fleet.yaml by `fleet render`: edit that, not this.\n";

/** Replicas' own metrics are for people, and each scrape costs every replica a millisecond: no need to hurry. Seconds. Signals are in a hurry. */
const REPLICA_SCRAPE_SECONDS = 10;

/** The files of `stack-worker/rendered/` for one fleet: everything on a worker that must know the services. */
export function renderStackWorker(config: FleetConfig): RenderedFile[] {
  const services = Object.entries(config.services);
  return [
    {
      path: `${FOLDER}/compose.services.yml`,
      content: toYaml({
        // What a service's file has at its top beside its services: volumes, configs, secrets.
        include: services.map(([name]) => ({ path: [`../services/${name}.yml`, "./no-services.yml"] })),
        services: Object.fromEntries(services.map(composeService)),
      }),
    },
    { path: `${FOLDER}/no-services.yml`, content: `${HEADER}services: !reset null\n` },
    { path: `${FOLDER}/services.tsv`, content: servicesTable(config) },
    {
      path: `${FOLDER}/secrets.tsv`,
      content: tsv(services.flatMap(([name, { secrets }]) => (secrets.length > 0 ? [[name, secrets.join(" ")]] : []))),
    },
    {
      path: `${FOLDER}/logins.tsv`,
      content: tsv(
        services.flatMap(([name, { basicAuth = [] }]) => (basicAuth.length > 0 ? [[name, basicAuth.join(" ")]] : [])),
      ),
    },
    { path: `${FOLDER}/jobs.tsv`, content: jobsTable(config) },
    ...Object.entries(nginxFiles(config)).map(([name, content]) => ({
      path: `${FOLDER}/nginx/${name}`,
      content: HEADER + content,
    })),
    { path: `${FOLDER}/agent/agent.yml`, content: toYaml(agentConfig(config, services)) },
  ];
}

function composeService([name, service]: NamedService): [string, object] {
  return [
    name,
    {
      extends: { file: `../services/${name}.yml`, service: name },
      restart: "unless-stopped",
      mem_limit: service.memory,
      networks: { services: {}, ...(service.internet ? { edge: {} } : {}) },
      // A dollar sign is text here, not a variable of compose.
      environment: mapValues(service.environment, (value) => value.replaceAll("$", "$$$$")),
      env_file: [{ path: `\${FLEET_STATE_DIR:-/var/lib/fleet}/secrets/${name}.env`, required: false }],
      logging: { driver: "json-file", options: { "max-size": "5m", "max-file": "2" } },
    },
  ];
}

function agentConfig(config: FleetConfig, services: readonly NamedService[]): object {
  const { scrapeSeconds } = config.scaling.metrics;
  const measured = services.filter(([, { metrics }]) => metrics);
  const hasSignals = services.some(([, { signals }]) => signals.length > 0);
  const replicaSeconds = hasSignals ? scrapeSeconds : Math.max(scrapeSeconds, REPLICA_SCRAPE_SECONDS);
  const job = (name: string, target: string, keep: string): object => ({
    job_name: name,
    static_configs: [{ targets: [target] }],
    metric_relabel_configs: [{ source_labels: ["__name__"], regex: keep, action: "keep" }],
  });
  return {
    global: {
      scrape_interval: prometheusDuration(scrapeSeconds),
      scrape_timeout: prometheusDuration(scrapeSeconds),
      // Prometheus fills in its environment.
      external_labels: { worker: "$WORKER_ID" },
    },
    scrape_configs: [
      job("node", "node-exporter:9100", "node_.*"),
      job("nginx", "nginx-exporter:9113", "nginx_.*"),
      job("mtail", "mtail:3903", "fleet_.*"),
      job("containers", "container-metrics:9101", "fleet_.*|container_.*"),
      ...measured.map(([name, { port }]) => ({
        job_name: `replica/${name}`,
        scrape_interval: prometheusDuration(replicaSeconds),
        scrape_timeout: prometheusDuration(Math.min(replicaSeconds, 5)),
        dns_sd_configs: [{ names: [name], type: "A", port, refresh_interval: "5s" }],
        relabel_configs: [
          { target_label: "job", replacement: "replica" },
          { target_label: "service", replacement: name },
          { source_labels: ["__address__"], regex: "(.*):\\d+", target_label: "replica" },
        ],
      })),
    ],
    remote_write: [
      {
        url: `http://${fleetNames(config).monitoringHost}:${PORTS.prometheus}/api/v1/write`,
        basic_auth: { username: "worker", password_file: "/run/agent/remote_write_password" },
        remote_timeout: "5s",
        queue_config: {
          capacity: 5000,
          min_shards: 1,
          max_shards: 4,
          max_samples_per_send: 1000,
          // Samples leave at the latest when the next ones arrive.
          batch_send_deadline: prometheusDuration(Math.min(scrapeSeconds, 1) / 2),
          min_backoff: "100ms",
          max_backoff: "2s",
        },
        metadata_config: { send: false },
      },
    ],
  };
}

function toYaml(document: object): string {
  return HEADER + plainYaml(document);
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
