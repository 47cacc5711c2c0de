import { SSMClient } from "@aws-sdk/client-ssm";
import type { FleetConfig } from "@compose-fleet/fleet";
import { awsPatience } from "../target/aws-patience.ts";
import type { SecretStore } from "./secret-store.ts";
import { createSsmSecretStore } from "./ssm-secret-store.ts";

/** The fleet's secrets in AWS. Credentials and an endpoint other than AWS's own come from the environment and the profile, as in the aws command. */
export function openSecretStore(config: FleetConfig): SecretStore {
  return createSsmSecretStore(new SSMClient({ region: config.region, ...awsPatience }), config);
}
