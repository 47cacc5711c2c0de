import type { FleetConfig } from "@compose-fleet/fleet";

/**
 * The account of a fleet file that names none, as long as AWS has not been asked: nobody's. What is synthesized for it can be
 * looked at and applied nowhere, since the provider and the state's backend refuse credentials of every other account.
 */
export const NO_ACCOUNT = "000000000000";

/** The account that the stacks are for, 12 digits. */
export function fleetAccount(config: FleetConfig): string {
  return config.deploy.account ?? NO_ACCOUNT;
}

/** The same fleet in the account of the credentials, unless the fleet file names one itself. */
export function withAccount(config: FleetConfig, account: string | undefined): FleetConfig {
  if (account === undefined || config.deploy.account !== undefined) return config;
  return { ...config, deploy: { ...config.deploy, account } };
}
