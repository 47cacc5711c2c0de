import type { FleetConfig } from "@compose-fleet/fleet";
import { CliError } from "@compose-fleet/process";

/** The address that a load asks: the first service's, behind `origin` (no slash at the end). Throws `CliError` without a service. */
export function sampleTarget(config: Pick<FleetConfig, "services">, origin: string): string {
  const [service] = Object.values(config.services);
  if (service === undefined) throw new CliError("The fleet has no service to send requests to.");
  return `${origin}${service.path}hello`;
}
