import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { loadFleetFile } from "@compose-fleet/files";
import type { MachineKind } from "@compose-fleet/fleet";
import { type FleetConfig, revisionBucket, revisionBucketPrefix } from "@compose-fleet/fleet";
import { findLocalFleet, fleetSource, startedWith } from "@compose-fleet/local-fleet/session";
import { CliError, exitCodes } from "@compose-fleet/process";
import { loadLocalFleet } from "../fleet-file/load-local-fleet.ts";
import { fleetFilePath } from "../options/fleet-path.ts";
import type { CliContext } from "../run/context.ts";
import { type AwsClients, createAwsClients } from "./aws-clients.ts";
import { cloudWatchShares, prometheusShares, type ReadErrorShares } from "./error-shares.ts";
import { findRevisionBucket } from "./find-bucket.ts";
import type { LocalBases } from "./image-maker.ts";
import { sha256 } from "./sha256.ts";

/** Where a release goes. */
export interface ReleasePlace {
  readonly config: FleetConfig;
  readonly fleetFile: string;
  readonly clients: AwsClients;
  readonly bucket: string;
  readonly errorShares: ReadErrorShares;
  /** What is released there when nobody says otherwise. */
  readonly kinds: readonly MachineKind[];
  /** For a question to a person: which fleet, and where. */
  readonly words: string;
  /** Only in a fleet on this machine. */
  readonly local?: LocalBases;
}

/** Options by which every release command finds its fleet. */
export interface PlaceOptions {
  readonly local?: boolean;
  readonly name?: string;
  readonly fleet?: string;
  readonly bucket?: string;
}

type Root = Pick<CliContext, "root"> & { readonly machine: Pick<CliContext["machine"], "localSecretOf"> };

/**
 * The fleet that is meant: on AWS, whose credentials must be good and of the fleet's account, or the local one that runs. Throws `CliError` with what to
 * do, `FleetFileError`, and AWS's errors.
 */
export function openPlace(at: Root, options: PlaceOptions): Promise<ReleasePlace> {
  return options.local || options.name !== undefined ? openLocal(at, options) : openAws(at, options);
}

/** The same as far as a fleet's own services need it: without the bucket of revisions. */
export async function openFleet(
  at: Root,
  options: PlaceOptions,
): Promise<Pick<ReleasePlace, "config" | "fleetFile" | "clients">> {
  return options.local || options.name !== undefined ? localFleet(at, options) : awsFleet(at, options);
}

async function localFleet(at: Root, { name, fleet }: PlaceOptions) {
  const { cloud } = await findLocalFleet(at.root, name);
  const fleetFile = fleet === undefined ? await fleetSource(at.root, cloud.name) : fleetFilePath(at, fleet);
  const { config } = await loadLocalFleet(fleetFile, at.machine.localSecretOf);
  if (config.name !== cloud.name || config.environment !== cloud.environment)
    throw new CliError(
      `${fleetFile} describes ${config.name} (${config.environment}), the local fleet that runs is ${cloud.name} (${cloud.environment}): give its own fleet file.`,
      exitCodes.usage,
    );
  const { region, accessKeyId, secretAccessKey } = cloud.aws;
  const clients = createAwsClients({
    region,
    emulator: { endpoint: cloud.endpoints.aws, accessKeyId, secretAccessKey },
  });
  return { config, fleetFile, clients, cloud };
}

async function openLocal(at: Root, options: PlaceOptions): Promise<ReleasePlace> {
  const { cloud, ...fleet } = await localFleet(at, options);
  const { images } = await startedWith(at.root, cloud.name);
  const image = (variable: string) => {
    const found = images[variable];
    if (found === undefined)
      throw new CliError(`The local fleet names no ${variable}: run npx fleet setup, start it anew.`);
    return found;
  };
  return {
    ...fleet,
    bucket: options.bucket ?? revisionBucket(fleet.config),
    errorShares: prometheusShares(cloud.endpoints.prometheus, cloud.secretFiles.prometheusPassword),
    // Its monitoring belongs to the machine that runs it: no deployment group.
    kinds: ["workers"],
    words: `the local fleet ${cloud.name}`,
    local: { nodeImage: image("NODE_IMAGE"), mtailImage: image("MTAIL_IMAGE"), standIns: images },
  };
}

async function awsFleet(at: Root, { fleet }: PlaceOptions) {
  const fleetFile = fleetFilePath(at, fleet);
  const config = await loadFleetFile(fleetFile);
  const clients = createAwsClients({ region: config.region });
  const { Account: account } = await clients.sts.send(new GetCallerIdentityCommand({}));
  if (config.deploy.account !== undefined && config.deploy.account !== account)
    throw new CliError(
      `These are credentials of account ${account}, the fleet belongs to ${config.deploy.account}: use that account's.`,
      exitCodes.usage,
    );
  return { config, fleetFile, clients, account };
}

async function openAws(at: Root, options: PlaceOptions): Promise<ReleasePlace> {
  const { account, ...fleet } = await awsFleet(at, options);
  const { config, clients } = fleet;
  return {
    ...fleet,
    bucket: options.bucket ?? (await findRevisionBucket(clients.s3, revisionBucketPrefix(config, sha256))),
    errorShares: cloudWatchShares(clients.cloudWatch, config),
    kinds: ["workers", "monitoring"],
    words: `${config.name} (${config.environment}) in account ${account}, ${config.region}`,
  };
}
