import type { FleetConfig } from "@compose-fleet/policy";
import { CliError, exitCodes } from "../cli-error.ts";

/** Refuses services with secrets, which the emulated Parameter Store has no values of: no worker would come up. Throws `CliError` (exit code 2). */
export function checkSecrets({ services }: Pick<FleetConfig, "services">, fleetFile: string): void {
  const named = Object.entries(services).flatMap(([service, { secrets }]) =>
    secrets.map((secret) => `${secret} of ${service}`),
  );
  if (named.length === 0) return;
  throw new CliError(
    `${fleetFile} names secrets (${named.join(", ")}), and a local fleet has none: in a copy of it, give these variables test values under environment: and leave out secrets:.`,
    exitCodes.usage,
  );
}
