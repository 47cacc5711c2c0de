import { SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import type { FleetConfig } from "@compose-fleet/fleet";
import type { SecretStore } from "./secret-store.ts";
import { createSsmSecretStore } from "./ssm-secret-store.ts";

/** The fleet's secrets in AWS, asked with this patience. Credentials and an endpoint other than AWS's own come from the environment and the profile, as in the aws command. */
export function openSecretStore(config: FleetConfig, patience: SSMClientConfig): SecretStore {
  return createSsmSecretStore(new SSMClient({ region: config.region, ...patience }), config);
}
