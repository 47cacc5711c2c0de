import { GetParametersByPathCommand, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import type { SecretStore } from "./secret-store.ts";

/** Secrets as SecureString parameters of one fleet, encrypted with the account's key of Parameter Store. Throws AWS's errors. */
export function createSsmSecretStore(client: Pick<SSMClient, "send">, config: FleetConfig): SecretStore {
  const { secretParameter } = fleetNames(config);
  const folder = secretParameter("");
  return {
    put: async (name, value) => {
      const parameter = { Name: secretParameter(name), Type: "SecureString", Value: value } as const;
      try {
        await client.send(
          new PutParameterCommand({
            ...parameter,
            // Only a new parameter may be tagged in the same call.
            Tags: [
              { Key: "fleet", Value: config.name },
              { Key: "environment", Value: config.environment },
            ],
          }),
        );
        return "created";
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "ParameterAlreadyExists") throw error;
        await client.send(new PutParameterCommand({ ...parameter, Overwrite: true }));
        return "replaced";
      }
    },
    names: async () => {
      const found = new Set<string>();
      let next: string | undefined;
      do {
        const page = await client.send(
          new GetParametersByPathCommand({ Path: folder.replace(/\/$/, ""), WithDecryption: false, NextToken: next }),
        );
        for (const { Name } of page.Parameters ?? []) if (Name !== undefined) found.add(Name.slice(folder.length));
        next = page.NextToken;
      } while (next !== undefined);
      return found;
    },
  };
}
