import { type FleetConfig, HEALTH_PATH, httpServices, PORTS, routesByHost } from "@compose-fleet/fleet";
import {
  type NamedService,
  pathAtReplica,
  rateLimitZone,
  serviceLocations,
  strippedUriMap,
} from "./service-locations.ts";

/** The files of `stack-worker/rendered/nginx/`, by name, without their header: what the worker's nginx must know of the fleet. */
export function nginxFiles(config: FleetConfig): Readonly<Record<string, string>> {
  const services = httpServices(config.services);
  return {
    "http.conf": http(config, services),
    "entrance.conf": entrance(config),
    "locations.conf": locations(services.filter(([, { hosts }]) => hosts.length === 0)),
    "hosts.conf": hosts(config),
    "probes.conf": services.map(probe).join("") || "# nginx serves none of the services.\n",
  };
}

function http(config: FleetConfig, services: readonly NamedService[]): string {
  const { demandWindowSeconds } = config.scaling.workers;
  return `# Clients come back on new connections as often as the group is sized (workers.demandWindowSeconds), so that a new worker gets its share.
keepalive_time ${Math.ceil(demandWindowSeconds)}s;
${config.tls ? TO_HTTPS : ""}${services.map(upstream).join("")}${services.map(strippedUriMap).join("")}${services.map(rateLimitZone).join("")}`;
}

function upstream([name, { port, sticky }]: NamedService): string {
  // A hash of the address would not do: to nginx all replicas are one server with several addresses, and it takes those in turn.
  const remembered =
    sticky === "client"
      ? `\n  sticky learn create=$remote_addr lookup=$remote_addr zone=clients_of_${name}:4m timeout=1h header;`
      : "";
  return `
upstream ${name} {
  zone ${name} 256k;
  least_conn;${remembered}
  server ${name}:${port} resolve max_fails=0;
  keepalive 64;
  keepalive_timeout 1s;
  keepalive_time 2s;
}
`;
}

/** Where the load balancer has a certificate, what reached its port 80 is sent to HTTPS. */
function entrance(config: FleetConfig): string {
  if (!config.tls) return "# Without tls: in fleet.yaml, port 80 is served as it is.\n";
  return `if ($to_https = there) {
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

/** What one server serves: services, and the static page where none of them has `/`. */
function locations(services: readonly NamedService[]): string {
  const taken = services.some(([, { path }]) => path === "/");
  const page = `
location / {
  root /srv/public;
  index index.html;
  set $cache_control $public_cache_control;
}
`;
  return `${services.map(serviceLocations).join("")}${taken ? "" : page}`;
}

/** A server for each set of hosts that have the same services. Other hosts get the first server of nginx.conf. */
function hosts(config: FleetConfig): string {
  const servers = new Map<string, { names: string[]; services: readonly NamedService[] }>();
  for (const { host, services } of routesByHost(Object.fromEntries(httpServices(config.services)))) {
    const key = services.map(([name]) => name).join(" ");
    const server = servers.get(key) ?? { names: [], services };
    server.names.push(host);
    servers.set(key, server);
  }
  const rendered = [...servers.values()].map(
    ({ names, services }) => `
server {
  server_name ${names.join(" ")};
  include /etc/fleet/nginx/traffic.conf;
${locations(services)}}
`,
  );
  return rendered.length > 0 ? rendered.join("") : "# No service has hosts: all answer on every host.\n";
}

function probe([name, service]: NamedService): string {
  return `
location = /probe/${name} {
  allow 127.0.0.1;
  deny all;
  proxy_pass http://${name}${pathAtReplica(service)};
}
`;
}
