import type { ServiceConfig } from "./service.ts";

/**
 * Who uses a service, told by what its entry says. `path` or `hosts`: users, by nginx. `port` alone: other services, by its name on the same
 * worker. None of them: nobody calls it, it takes its jobs itself.
 */
export type ServiceKind = "http" | "internal" | "worker";

/** A service that nginx serves. */
export type HttpService = ServiceConfig & { readonly path: string; readonly port: number };

/** The kind of a service. */
export function kindOf({ path, port }: Pick<ServiceConfig, "path" | "port">): ServiceKind {
  if (path !== undefined) return "http";
  return port === undefined ? "worker" : "internal";
}

/** Whether nginx serves the service. */
export function isHttp(service: ServiceConfig): service is HttpService {
  return kindOf(service) === "http";
}

/** The services that nginx serves, by name, in the order of the file. */
export function httpServices(services: Readonly<Record<string, ServiceConfig>>): (readonly [string, HttpService])[] {
  return Object.entries(services).filter((entry): entry is [string, HttpService] => isHttp(entry[1]));
}
