import { BUFFERED_BODY_BYTES, DEFAULT_TIMEOUT_SECONDS, type HttpService, sizeBytes } from "@compose-fleet/fleet";

export type NamedService = readonly [name: string, service: HttpService];

/**
 * How often nginx starts anew with a request that was never sent. More than once, because it also gives up with "no live upstreams"
 * whenever the list of replicas changed between two tries of one request, and during a scale-in that happens several times a second.
 */
const REPLAYS = 3;

/** What nginx.conf says by itself of every service. */
const DEFAULT_BODY_BYTES = 1024 ** 2;

/** The locations that one service needs in a server: its path, the replays, and what says that no replica answers. */
export function serviceLocations([name, service]: NamedService): string {
  const { path } = service;
  const settings = serviceSettings(name, service);
  const replays = Array.from({ length: REPLAYS }, (_, i) => {
    const next = i + 1 < REPLAYS ? `@again-${name}-${i + 2}` : `@unanswered-${name}`;
    return block(`@again-${name}-${i + 1}`, [
      `if (${isUnbuffered(service) ? "$never_sent_without_body" : "$never_sent"} = 0) {`,
      "  return 502;",
      "}",
      ...settings,
      `error_page 502 504 = ${next};`,
    ]);
  });
  // "break" ends what nginx does of "set" and "rewrite": it comes after them.
  const strips = stripsPath(service) ? [`rewrite ^${pattern(path)}(/.*)$ $1 break;`] : [];
  const limit = rateLimit(name, service);
  return [
    `\n${block(path, [...maintenance(name), ...settings, ...limit, ...login(name, service), ...strips, `error_page 502 504 = @again-${name}-1;`])}`,
    ...replays,
    block(`@maintenance-${name}`, ["include /etc/fleet/nginx/maintenance.conf;"]),
    block(`@unanswered-${name}`, [`set $fleet_service ${name};`, "include /etc/fleet/nginx/unanswered.conf;"]),
  ].join("");
}

/**
 * What `stripPath` needs beside the locations. The path is cut from the text that the client sent, since a replica shall see `%2F` as
 * it was. Where that text begins otherwise (`/x/../hello/`), the path that nginx understood is cut by the location's `rewrite`.
 */
export function strippedUriMap([name, service]: NamedService): string {
  if (!stripsPath(service)) return "";
  return `
map $request_uri $${variable("uri", name)} {
  default "";
  "~^${pattern(service.path)}(?<${variable("rest", name)}>/.*)$" $${variable("rest", name)};
}
`;
}

/** Where nginx counts what each client sends to a service that limits it: 4 MiB hold some 64,000 addresses. */
export function rateLimitZone([name, { rateLimit }]: NamedService): string {
  if (rateLimit === undefined) return "";
  return `
limit_req_zone $binary_remote_addr zone=clients_limited_by_${name}:4m rate=${rateLimit.requestsPerSecond}r/s;
`;
}

function rateLimit(name: string, { rateLimit: limit }: HttpService): string[] {
  if (limit === undefined) return [];
  return [`limit_req zone=clients_limited_by_${name} burst=${limit.burst ?? limit.requestsPerSecond} nodelay;`];
}

/** Before anything else, so that a service in maintenance asks for no login. The flag is maintenance.sh's. */
function maintenance(name: string): string[] {
  return [`if (-e /run/fleet/maintenance-${name}) {`, "  return 503;", "}", `error_page 503 = @maintenance-${name};`];
}

/** Who gets in. Replays need not ask again. Where the file is missing, which start.sh writes, nobody does. */
function login(name: string, { basicAuth }: HttpService): string[] {
  if (basicAuth === undefined) return [];
  return [`auth_basic "${name}";`, `auth_basic_user_file /run/logins/${name};`];
}

/** The path by which a replica itself is asked whether it answers. */
export function pathAtReplica(service: HttpService): string {
  return stripsPath(service) ? "/" : service.path;
}

function serviceSettings(name: string, service: HttpService): string[] {
  const { path, maxBody, timeout } = service;
  return [
    `set $fleet_service ${name};`,
    // The login was nginx's business: the service does not get it.
    ...(service.basicAuth === undefined ? [] : ['set $fleet_authorization "";']),
    ...(stripsPath(service) ? [`set $fleet_prefix ${withoutSlash(path)};`] : []),
    `proxy_pass http://${name}${stripsPath(service) ? `$${variable("uri", name)}` : ""};`,
    ...(stripsPath(service) ? ownAddresses(path) : []),
    ...(sizeBytes(maxBody) === DEFAULT_BODY_BYTES ? [] : [`client_max_body_size ${maxBody};`]),
    ...(isUnbuffered(service) ? ["proxy_request_buffering off;"] : []),
    ...(timeout === DEFAULT_TIMEOUT_SECONDS
      ? []
      : [`proxy_read_timeout ${timeout}s;`, `proxy_send_timeout ${timeout}s;`]),
  ];
}

/** A service that does not know its prefix redirects to `/login`, and sets cookies for `/`: its own are below the prefix. */
function ownAddresses(path: string): string[] {
  const own = `~^${pattern(path)}(/.*)?$`;
  return [
    `proxy_redirect ${own} ${withoutSlash(path)}$1;`,
    `proxy_redirect ~^/(?!/)(.*)$ ${path}$1;`,
    `proxy_redirect $fleet_scheme://$http_host/ ${path};`,
    `proxy_cookie_path ${own} ${withoutSlash(path)}$1;`,
    `proxy_cookie_path / ${path};`,
  ];
}

/** Large bodies are passed on as they come: nginx's container has no room for them. Then they cannot be sent again. */
function isUnbuffered({ maxBody }: HttpService): boolean {
  return sizeBytes(maxBody) > BUFFERED_BODY_BYTES;
}

function stripsPath({ stripPath, path }: HttpService): boolean {
  return stripPath && path !== "/";
}

function withoutSlash(path: string): string {
  return path.slice(0, -1);
}

/** A regular expression of the prefix. Of what a path may hold only the dot means something there. */
function pattern(path: string): string {
  return withoutSlash(path).replaceAll(".", "\\.");
}

/** A name of nginx's variables for one service. */
function variable(kind: string, name: string): string {
  return `${kind}_of_${name.replaceAll("-", "_")}`;
}

function block(location: string, lines: readonly string[]): string {
  return `location ${location} {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
}
