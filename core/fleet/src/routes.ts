/**
 * Where requests go: services by host and path. On a host come first the services that name it, with all below their paths; then those
 * that name it by a wildcard; then those without hosts, which answer on every host. Among the same, the longest path.
 */
interface Routed {
  readonly path: string;
  readonly hosts: readonly string[];
}

/** The services that one host has, by name. */
interface HostRoutes<S extends Routed> {
  readonly host: string;
  readonly services: readonly (readonly [name: string, service: S])[];
}

/** A service that nginx may serve or not. */
interface MaybeRouted {
  readonly path?: string | undefined;
  readonly hosts: readonly string[];
}

interface RouteProblem {
  readonly path: string[];
  readonly message: string;
}

/**
 * How closely a service's hosts name this one: its length where it is named, that of the wildcard that holds it, 0 for a service that
 * answers on every host, -1 for one that does not answer on this.
 */
function closeness(service: Routed, host: string): number {
  if (service.hosts.length === 0) return 0;
  const named = service.hosts.filter((own) => own === host || (own.startsWith("*.") && host.endsWith(own.slice(1))));
  return Math.max(-1, ...named.map((own) => (own === host ? Number.POSITIVE_INFINITY : own.length)));
}

/** Each host that is named, in order of appearance, with the services that answer on it. */
export function routesByHost<S extends Routed>(services: Readonly<Record<string, S>>): HostRoutes<S>[] {
  const entries = Object.entries(services);
  const hosts = new Set(entries.flatMap(([, service]) => service.hosts));
  return [...hosts].map((host) => ({
    host,
    services: entries.filter(([, service]) => {
      const own = closeness(service, host);
      const isHidden = entries.some(([, other]) => closeness(other, host) > own && service.path.startsWith(other.path));
      return own >= 0 && !isHidden;
    }),
  }));
}

/** Paths that nginx answers by itself, whatever service has them. */
const OWN_PATHS = ["/nginx-health/", "/.fleet-unavailable/", "/.fleet-maintenance/"];

/** Services that nobody could reach: two on one host and path, or one on a path that is the fleet's own. */
export function routeProblems(services: Readonly<Record<string, MaybeRouted>>): RouteProblem[] {
  const entries = routedOf(services);
  const own = entries.flatMap(([name, { path }]) => {
    const taken = OWN_PATHS.find((each) => path.startsWith(each));
    return taken === undefined
      ? []
      : [{ path: ["services", name, "path"], message: `${taken} is answered by nginx itself: choose another` }];
  });
  return [...own, ...sharedRoutes(entries)];
}

/** Services that lose a part of where they would answer: those that name a host have everything below their paths there. For people, in words. */
export function hiddenRoutes(all: Readonly<Record<string, MaybeRouted>>): RouteProblem[] {
  const entries = routedOf(all);
  const services = Object.fromEntries(entries);
  return routesByHost(services).flatMap(({ host, services: reached }) =>
    entries.flatMap(([name, service]) => {
      if (closeness(service, host) < 0 || reached.some(([other]) => other === name)) return [];
      const [owner] = reached.find(([, other]) => service.path.startsWith(other.path)) ?? [];
      return [
        {
          path: ["services", name, "path"],
          message: `${service.path} is not reached on ${host}, where ${owner} has everything below ${services[owner ?? ""]?.path}: write hosts: [${host}] for ${name} too if it shall answer there`,
        },
      ];
    }),
  );
}

/** Those that nginx serves: others have no route. */
function routedOf(services: Readonly<Record<string, MaybeRouted>>): (readonly [string, Routed])[] {
  return Object.entries(services).filter(
    (entry): entry is [string, MaybeRouted & Routed] => entry[1].path !== undefined,
  );
}

function sharedRoutes(entries: readonly (readonly [string, Routed])[]): RouteProblem[] {
  return entries.flatMap(([name, service], index) =>
    entries.slice(0, index).flatMap(([other, rival]) => sharedRoute(name, service, other, rival)),
  );
}

function sharedRoute(name: string, service: Routed, other: string, rival: Routed): RouteProblem[] {
  if (service.path !== rival.path) return [];
  if (service.hosts.length === 0 && rival.hosts.length === 0)
    return [
      { path: ["services", name, "path"], message: `${service.path} already belongs to ${other}: choose another` },
    ];
  const shared = service.hosts.find((host) => rival.hosts.includes(host));
  if (shared === undefined) return [];
  const message = `${service.path} on ${shared} already belongs to ${other}: choose another, or another host`;
  return [{ path: ["services", name, "path"], message }];
}
