import { PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import type { ReplicaBaseline } from "../act/ports.ts";

/** The SSM parameter that `start.sh` of a new worker reads. */
export function createSsmBaseline(client: Pick<SSMClient, "send">, parameter: string): ReplicaBaseline {
  return {
    write: async (replicas) => {
      await client.send(
        new PutParameterCommand({ Name: parameter, Type: "String", Value: JSON.stringify(replicas), Overwrite: true }),
      );
    },
  };
}
