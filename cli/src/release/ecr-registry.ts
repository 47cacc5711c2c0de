import { DescribeImagesCommand, type ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { CliError } from "@compose-fleet/process";
import type { RegistryLogin } from "./image-maker.ts";
import { registryHost } from "./image-reference.ts";

/** Where images are kept. Every method throws AWS's errors. */
export interface Registry {
  /** Credentials for some hours. */
  signIn(): Promise<RegistryLogin>;
  /** Digest of the image of this tag or digest; undefined where there is none. Throws `CliError` where there is no such repository. */
  find(repository: string, reference: string): Promise<string | undefined>;
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
    find: async (repositoryName, reference) => {
      const imageId = reference.startsWith("sha256:") ? { imageDigest: reference } : { imageTag: reference };
      try {
        const { imageDetails: [image] = [] } = await client.send(
          new DescribeImagesCommand({ repositoryName, imageIds: [imageId] }),
        );
        return image?.imageDigest;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (error.name === "ImageNotFoundException") return undefined;
        if (error.name === "RepositoryNotFoundException")
          throw new CliError(
            `The registry has no repository ${repositoryName}. Nothing was changed. A new service gets one, and so do images of others, by npm run deploy -- fleet.`,
          );
        throw error;
      }
    },
  };
}
