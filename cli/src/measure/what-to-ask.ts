import { type FleetConfig, type HttpService, isHttp, kindOf } from "@compose-fleet/fleet";
import { CliError, exitCodes } from "@compose-fleet/process";
import type { Asked } from "./load-steps.ts";

export interface AskedFor {
  readonly service: string;
  readonly path?: string | undefined;
  readonly method: Asked["method"];
}

/** What to send to measure a service behind `origin` (no slash at the end). Throws `CliError` (exit code 2) where it cannot be measured this way. */
export function whatToAsk(
  { services }: Pick<FleetConfig, "services">,
  { service: name, path, method }: AskedFor,
  origin: string,
): Asked {
  const service = services[name];
  if (service === undefined)
    throw usage(
      `The fleet has no service "${name}". It has: ${Object.keys(services).join(", ")}. Nothing was measured.`,
    );
  if (!isHttp(service))
    throw usage(
      `${name} is ${kindOf(service) === "worker" ? "a worker: nobody calls it" : "internal: only other services call it"}, so it has no requests to measure. It scales by CPU and signals. Nothing was measured.`,
    );
  const asked = path ?? service.path;
  if (!asked.startsWith(service.path))
    throw usage(`${asked} is not a path of ${name}, which has everything below ${service.path}. Nothing was measured.`);
  refuseLimits(name, service);
  return { target: `${origin}${asked}`, method, host: hostOf(service) };
}

/** What is said of one client is not what a replica sustains: all of the load is one. */
function refuseLimits(name: string, { rateLimit, basicAuth }: HttpService): void {
  const key = rateLimit === undefined ? basicAuth && "basicAuth" : "rateLimit";
  if (key !== undefined)
    throw usage(
      `${name} has ${key}, which would end the load before the replica does: measure in a copy of the fleet file without it.`,
    );
}

/** A host that the service answers on; undefined where it answers on each. */
function hostOf({ hosts: [host] }: HttpService): string | undefined {
  return host?.replace(/^\*\./, "measured.");
}

function usage(text: string): CliError {
  return new CliError(text, exitCodes.usage);
}
