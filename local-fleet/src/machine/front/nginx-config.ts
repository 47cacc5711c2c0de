import { HEALTH_PATH, IDLE_SECONDS, PORTS } from "@compose-fleet/fleet";
import { PROMETHEUS_PATH, TELEGRAM_PATH } from "../../outside/outside-server.ts";
import { AWS_SOCKET, OUTSIDE_SOCKET, PROBE_SOCKET, SOCKET_FOLDER } from "../../sockets/socket-names.ts";

/** Folder in the load balancer's container that holds its configuration. */
export const CONFIG_FOLDER = "/etc/fleet";
export const AWS_PORT = 4566;
/** Port that the load balancer listens on inside its container: it runs without privileges. */
export const BALANCER_PORT = 8080;
/** The same for clients that say who they are by the PROXY protocol: Docker's own proxy hides their ports. */
export const BALANCER_PROXY_PORT = 8081;

/** Port inside the load balancer's container by which health checks get their header of the PROXY protocol. */
const PROBE_PORT = 9000;

const PREAMBLE = `worker_processes 1;
error_log /dev/stderr warn;
pid /tmp/nginx.pid;
`;

const HTTP_TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  .map((name) => `  ${name}_temp_path /tmp/${name};`)
  .join("\n");

/**
 * The load balancer: connections to the targets, each with a line in its log when it ends ("session", when, after how many seconds,
 * port of the client, where to), and a second server that asks one target for its health.
 * Health checks speak the PROXY protocol too, which only a `stream` server can write. It is told the target by the address that it is
 * reached on: 127.16.3.4 stands for the target 172.16.3.4.
 */
export function balancerConfig(cidr: string): string {
  const network = cidr.slice(0, cidr.indexOf("."));
  return `${PREAMBLE}
events { worker_connections 16384; multi_accept on; }
stream {
  log_format fleet "session $msec $session_time $proxy_protocol_port $upstream_addr";
  access_log /dev/stdout fleet;
  include ${CONFIG_FOLDER}/targets.conf;
  map $server_addr $probed_worker { "~^127\\.(?<machine>.*)$" "${network}.$machine:${PORTS.workerHttp}"; }
  server {
    listen ${PROBE_PORT};
    access_log off;
    proxy_pass $probed_worker;
    proxy_protocol on;
    proxy_connect_timeout 2s;
    proxy_timeout 5s;
    allow 127.0.0.0/8;
    deny all;
  }
}
http {
  access_log off;
${HTTP_TEMPORARY}
  map $uri $probed { "~^/probe/(?<address>[0-9.]{7,15})$" $address; default 0.0.0.0; }
  geo $probed $allowed { default 0; ${cidr} 1; }
  map $probed $probed_via { "~^[0-9]+\\.(?<rest>.*)$" "127.$rest:${PROBE_PORT}"; }
  server {
    listen unix:${SOCKET_FOLDER}/${PROBE_SOCKET};
    location / {
      if ($allowed = 0) { return 403; }
      proxy_connect_timeout 2s;
      proxy_read_timeout 4s;
      proxy_next_upstream off;
      proxy_pass http://$probed_via${HEALTH_PATH};
    }
  }
}
`;
}

/**
 * The part that changes. Each connection goes to a random target, as a flow hash sends it, and never to a second one: a Network
 * Load Balancer does not retry. Without a target nothing listens.
 */
export function targetsConfig(addresses: readonly string[]): string {
  if (addresses.length === 0) return "# no targets\n";
  const servers = addresses.map((address) => `  server ${address}:${PORTS.workerHttp} max_fails=0;\n`).join("");
  return `upstream workers {
  random;
${servers}}
server {
  listen ${BALANCER_PORT} backlog=4096;
  listen ${BALANCER_PROXY_PORT} proxy_protocol backlog=4096;
  set_real_ip_from 0.0.0.0/0;
  proxy_pass workers;
  proxy_protocol on;
  proxy_connect_timeout 3s;
  proxy_timeout ${IDLE_SECONDS}s;
  proxy_next_upstream off;
  tcp_nodelay on;
}
`;
}

/** The way into the emulator and to what stands for the world outside: containers ask by name, those listen on sockets only. */
export function awsProxyConfig(): string {
  return `${PREAMBLE}events { worker_connections 1024; }
http {
  access_log off;
${HTTP_TEMPORARY}
  upstream emulator { server unix:${SOCKET_FOLDER}/${AWS_SOCKET}; keepalive 16; }
  upstream outside { server unix:${SOCKET_FOLDER}/${OUTSIDE_SOCKET}; keepalive 16; }
  server {
    listen ${AWS_PORT};
    client_max_body_size 33m;
    location / {
      proxy_pass http://emulator;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_read_timeout 120s;
    }
    location ~ ^(${TELEGRAM_PATH}|${PROMETHEUS_PATH})/ {
      proxy_pass http://outside;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`;
}
