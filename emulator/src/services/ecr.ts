import type {
  DescribeImagesCommandOutput,
  DescribeRepositoriesCommandOutput,
  GetAuthorizationTokenCommandOutput,
  Repository,
} from "@aws-sdk/client-ecr";
import { z } from "zod";
import { type AwsService, action } from "../protocol/action.ts";
import { page } from "../protocol/page.ts";
import { AwsError } from "../refusals/aws-error.ts";
import { ACCOUNT } from "./sts.ts";

/** A registry that runs. */
export interface RunningRegistry {
  /** Such as `http://127.0.0.1:32768`. */
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
  /** Tags of a repository; empty for one without images. */
  readonly tags: (repository: string) => Promise<readonly string[]>;
  /** Digest and size of a manifest by tag or digest; undefined when there is none. */
  readonly manifest: (
    repository: string,
    reference: string,
  ) => Promise<{ readonly digest: string; readonly bytes: number } | undefined>;
}

export interface EcrDeps {
  /** Names of the repositories there are. */
  readonly repositories: readonly string[];
  readonly region: string;
  readonly createdAtMs: number;
  readonly now: () => number;
  /** Starts the registry at the first call. Rejects with a sentence when it does not start. */
  readonly registry: () => Promise<RunningRegistry>;
}

const FAULT = "InvalidParameterException";
const TOKEN_MS = 12 * 3600 * 1000;

/** The image registry, as far as building and looking up images needs it. */
export function createEcr(deps: EcrDeps): AwsService {
  const known = (name: string) => {
    if (!deps.repositories.includes(name))
      throw new AwsError(
        "RepositoryNotFoundException",
        `The repository with name '${name}' does not exist in the registry with id '${ACCOUNT}'`,
      );
  };
  return {
    protocol: "json",
    version: "2015-09-21",
    actions: {
      GetAuthorizationToken: action(
        FAULT,
        z.object({}),
        async (): Promise<Omit<GetAuthorizationTokenCommandOutput, "$metadata">> => {
          const { endpoint, username, password } = await deps.registry();
          return {
            authorizationData: [
              {
                authorizationToken: Buffer.from(`${username}:${password}`).toString("base64"),
                expiresAt: new Date(deps.now() + TOKEN_MS),
                proxyEndpoint: endpoint,
              },
            ],
          };
        },
      ),
      DescribeRepositories: action(
        FAULT,
        z.object({
          repositoryNames: z.array(z.string()).optional(),
          maxResults: z.int().min(1).max(1000).default(100),
          nextToken: z.string().optional(),
        }),
        async (input): Promise<Omit<DescribeRepositoriesCommandOutput, "$metadata">> => {
          for (const name of input.repositoryNames ?? []) known(name);
          const names = input.repositoryNames ?? deps.repositories;
          const { items, nextToken } = page(names, input.maxResults, input.nextToken, FAULT);
          const host = new URL((await deps.registry()).endpoint).host;
          return { repositories: items.map((name) => describe(name, host, deps)), nextToken };
        },
      ),
      DescribeImages: action(
        FAULT,
        z.object({
          repositoryName: z.string().min(1),
          imageIds: z
            .array(z.object({ imageTag: z.string().optional(), imageDigest: z.string().optional() }))
            .max(100)
            .optional(),
        }),
        async (input): Promise<Omit<DescribeImagesCommandOutput, "$metadata">> => {
          known(input.repositoryName);
          const registry = await deps.registry();
          const wanted =
            input.imageIds ?? (await registry.tags(input.repositoryName)).map((imageTag) => ({ imageTag }));
          const imageDetails = [];
          for (const { imageTag, imageDigest } of wanted as { imageTag?: string; imageDigest?: string }[]) {
            const manifest = await registry.manifest(input.repositoryName, imageDigest ?? imageTag ?? "");
            if (!manifest)
              throw new AwsError(
                "ImageNotFoundException",
                `The image with imageId {imageDigest:'${imageDigest ?? "null"}', imageTag:'${imageTag ?? "null"}'} does not exist within the repository with name '${input.repositoryName}' in the registry with id '${ACCOUNT}'`,
              );
            imageDetails.push({
              registryId: ACCOUNT,
              repositoryName: input.repositoryName,
              imageDigest: manifest.digest,
              ...(imageTag === undefined ? {} : { imageTags: [imageTag] }),
              imageSizeInBytes: manifest.bytes,
            });
          }
          return { imageDetails };
        },
      ),
    },
  };
}

function describe(name: string, host: string, { region, createdAtMs }: EcrDeps): Repository {
  return {
    repositoryArn: `arn:aws:ecr:${region}:${ACCOUNT}:repository/${name}`,
    registryId: ACCOUNT,
    repositoryName: name,
    repositoryUri: `${host}/${name}`,
    createdAt: new Date(createdAtMs),
    imageTagMutability: "IMMUTABLE",
  };
}
