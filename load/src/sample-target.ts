import { type FleetConfig, httpServices } from "@compose-fleet/fleet";
import { CliError } from "@compose-fleet/process";

/**
 * The address that a load asks: the first service's that answers on every host, behind `origin` (no slash at the end).
 * Throws `CliError` without one.
 */
export function sampleTarget(config: Pick<FleetConfig, "services">, origin: string): string {
  const [, service] = httpServices(config.services).find(([, { hosts }]) => hosts.length === 0) ?? [];
  if (service === undefined)
    throw new CliError("The fleet has no service that answers on every host, so nobody to send requests to.");
  return `${origin}${service.path}hello`;
}
