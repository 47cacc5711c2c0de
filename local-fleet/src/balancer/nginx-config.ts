/** Folder in the load balancer's container that holds its configuration, and the one with the sockets. */
export const CONFIG_FOLDER = "/etc/fleet";
export const SOCKET_FOLDER = "/run/fleet";
export const PROBE_SOCKET = "probe.sock";
export const AWS_SOCKET = "aws.sock";
export const AWS_PORT = 4566;
/** Port that the load balancer listens on inside its container: it runs without privileges. */
export const BALANCER_PORT = 8080;
/** The same for clients that say who they are by the PROXY protocol: Docker's own proxy hides their ports. */
export const BALANCER_PROXY_PORT = 8081;

const PREAMBLE = `worker_processes 1;
error_log /dev/stderr warn;
pid /tmp/nginx.pid;
`;

const HTTP_TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  .map((name) => `  ${name}_temp_path /tmp/${name};`)
  .join("\n");

/** The load balancer: connections to the targets, each with a line in its log when it ends ("session", when, after how many seconds, port of the client, where to), and a second server that asks one target for its health. */
export function balancerConfig(cidr: string): string {
  return `${PREAMBLE}
events { worker_connections 16384; multi_accept on; }
stream {
  log_format fleet "session $msec $session_time $proxy_protocol_port $upstream_addr";
  access_log /dev/stdout fleet;
  include ${CONFIG_FOLDER}/targets.conf;
}
http {
  access_log off;
${HTTP_TEMPORARY}
  map $uri $probed { "~^/probe/(?<address>[0-9.]{7,15})$" $address; default 0.0.0.0; }
  geo $probed $allowed { default 0; ${cidr} 1; }
  server {
    listen unix:${SOCKET_FOLDER}/${PROBE_SOCKET};
    location / {
      if ($allowed = 0) { return 403; }
      proxy_connect_timeout 2s;
      proxy_read_timeout 4s;
      proxy_next_upstream off;
      proxy_pass http://$probed/nginx-health;
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
  const servers = addresses.map((address) => `  server ${address}:80 max_fails=0;\n`).join("");
  return `upstream workers {
  random;
${servers}}
server {
  listen ${BALANCER_PORT} backlog=4096;
  listen ${BALANCER_PROXY_PORT} proxy_protocol backlog=4096;
  proxy_pass workers;
  proxy_connect_timeout 3s;
  proxy_timeout 350s;
  proxy_next_upstream off;
  tcp_nodelay on;
}
`;
}

/** The way into the emulator: containers ask it by name, the emulator itself listens on a socket only. */
export function awsProxyConfig(): string {
  return `${PREAMBLE}events { worker_connections 1024; }
http {
  access_log off;
${HTTP_TEMPORARY}
  upstream emulator { server unix:${SOCKET_FOLDER}/${AWS_SOCKET}; keepalive 16; }
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
  }
}
`;
}
