import {
  type FleetConfig,
  fleetNames,
  HEALTH_PATH,
  PORTS,
  prometheusDuration,
  type ServiceConfig,
} from "@compose-fleet/fleet";
import { plainYaml } from "./plain-yaml.ts";
import type { RenderedFile } from "./rendered-file.ts";
import { servicesTable, tsv } from "./tables.ts";

const FOLDER = "stack-worker/rendered";
const HEADER = "# Rendered from fleet.yaml by `fleet render`: edit that, not this.\n";

/** Replicas' own metrics are for people, and each scrape costs every replica a millisecond: no need to hurry. Seconds. */
const REPLICA_SCRAPE_SECONDS = 10;

/**
 * How often nginx starts anew with a request that was never sent. More than once, because it also gives up with "no live upstreams"
 * whenever the list of replicas changed between two tries of one request, and during a scale-in that happens several times a second.
 */
const REPLAYS = 3;

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
    { path: `${FOLDER}/nginx/http.conf`, content: nginxHttp(config, services) },
    { path: `${FOLDER}/nginx/entrance.conf`, content: nginxEntrance(config) },
    { path: `${FOLDER}/nginx/locations.conf`, content: nginxLocations(services) },
    { path: `${FOLDER}/nginx/probes.conf`, content: nginxProbes(services) },
    { path: `${FOLDER}/agent/agent.yml`, content: toYaml(agentConfig(config, services)) },
  ];
}

type NamedService = readonly [name: string, service: ServiceConfig];

function composeService([name, service]: NamedService): [string, object] {
  return [
    name,
    {
      extends: { file: `../services/${name}.yml`, service: name },
      restart: "unless-stopped",
      mem_limit: service.memory,
      networks: { services: {} },
      // A dollar sign is text here, not a variable of compose.
      environment: mapValues(service.environment, (value) => value.replaceAll("$", "$$$$")),
      env_file: [{ path: `\${FLEET_STATE_DIR:-/var/lib/fleet}/secrets/${name}.env`, required: false }],
      logging: { driver: "json-file", options: { "max-size": "5m", "max-file": "2" } },
    },
  ];
}

function nginxHttp(config: FleetConfig, services: readonly NamedService[]): string {
  const { demandWindowSeconds } = config.scaling.workers;
  const upstreams = services.map(
    ([name, { port }]) => `
upstream ${name} {
  zone ${name} 256k;
  least_conn;
  server ${name}:${port} resolve max_fails=0;
  keepalive 64;
  keepalive_timeout 1s;
}
`,
  );
  return `${HEADER}# Clients come back on new connections as often as the group is sized (workers.demandWindowSeconds), so that a new worker gets its share.
keepalive_time ${Math.ceil(demandWindowSeconds)}s;
${config.tls ? TO_HTTPS : ""}${upstreams.join("")}`;
}

/** Where the load balancer has a certificate, what reached its port 80 is sent to HTTPS. */
function nginxEntrance(config: FleetConfig): string {
  if (!config.tls) return `${HEADER}# Without tls: in fleet.yaml, port 80 is served as it is.\n`;
  return `${HEADER}if ($to_https = there) {
  return 301 https://$host$request_uri;
}
if ($to_https = nowhere) {
  return 400 "this fleet speaks HTTPS, and the request names no host to send you to\\n";
}
`;
}

/** Health checks come by the same port and stay. */
const TO_HTTPS = `
map "$server_port $uri" $by_plain_http {
  default "";
  "${PORTS.workerHttp} ${HEALTH_PATH}" "";
  "~^${PORTS.workerHttp} " yes;
}
map "$by_plain_http $host" $to_https {
  default "";
  "yes " nowhere;
  "~^yes " there;
}
`;

function nginxLocations(services: readonly NamedService[]): string {
  const locations = services.map(([name, { path }]) => {
    const replays = Array.from({ length: REPLAYS }, (_, i) => nginxReplay(name, i + 1));
    return `
location ${path} {
  set $fleet_service ${name};
  proxy_pass http://${name};
  error_page 502 504 = @again-${name}-1;
}
${replays.join("")}`;
  });
  const taken = services.some(([, { path }]) => path === "/");
  const page = `
location / {
  root /srv/public;
  index index.html;
}
`;
  return `${HEADER}${locations.join("")}${taken ? "" : page}`;
}

function nginxReplay(name: string, round: number): string {
  const next = round < REPLAYS ? `  error_page 502 504 = @again-${name}-${round + 1};\n` : "";
  return `location @again-${name}-${round} {
  if ($never_sent = 0) {
    return 502;
  }
  set $fleet_service ${name};
  proxy_pass http://${name};
${next}}
`;
}

function nginxProbes(services: readonly NamedService[]): string {
  const probes = services.map(
    ([name, { path }]) => `
location = /probe/${name} {
  allow 127.0.0.1;
  deny all;
  proxy_pass http://${name}${path};
}
`,
  );
  return `${HEADER}${probes.join("")}`;
}

function agentConfig(config: FleetConfig, services: readonly NamedService[]): object {
  const { scrapeSeconds } = config.scaling.metrics;
  const measured = services.filter(([, { metrics }]) => metrics);
  const replicaSeconds = Math.max(scrapeSeconds, REPLICA_SCRAPE_SECONDS);
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
