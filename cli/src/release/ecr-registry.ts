import { DescribeImagesCommand, type ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { CliError } from "../cli-error.ts";
import type { RegistryLogin } from "./image-maker.ts";
import { registryHost } from "./image-reference.ts";

/** Where images are kept. Every method throws AWS's errors. */
export interface Registry {
  /** Credentials for some hours. */
  signIn(): Promise<RegistryLogin>;
  /** Whether the repository has an image of this tag. Throws `CliError` where there is no such repository. */
  has(repository: string, tag: string): Promise<boolean>;
}

/** The registry of the account whose credentials the client has. */
export function createEcrRegistry(client: Pick<ECRClient, "send">): Registry {
  return {
    signIn: async () => {
      const { authorizationData: [data] = [] } = await client.send(new GetAuthorizationTokenCommand({}));
      const [username = "", password = ""] = Buffer.from(data?.authorizationToken ?? "", "base64")
        .toString()
        .split(/:(.*)/s);
      if (data?.proxyEndpoint === undefined || password === "") throw new CliError("The registry gave no credentials.");
      return { host: registryHost(data.proxyEndpoint), username, password };
    },
    has: async (repositoryName, imageTag) => {
      try {
        await client.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }));
        return true;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (error.name === "ImageNotFoundException") return false;
        if (error.name === "RepositoryNotFoundException")
          throw new CliError(
            `The registry has no repository ${repositoryName}. Nothing was changed. A new service gets one by npm run deploy -- fleet.`,
          );
        throw error;
      }
    },
  };
}
