import { architectureOf, type FleetConfig } from "@compose-fleet/policy";
import { applicationName, type MachineKind } from "./names.ts";

/** A command to run, with the sentence that says what it is for. */
export interface ReleaseCommand {
  readonly title: string;
  readonly file: string;
  readonly args: readonly string[];
}

export interface ReleaseTarget {
  /** Account number, 12 digits. */
  readonly account: string;
  /** The stack's output `revision_bucket`. */
  readonly bucket: string;
  /** Tag of the images and name of the revisions; never used twice. */
  readonly tag: string;
}

/** An image that this repository builds. */
export interface OwnImage {
  readonly name: string;
  /** Where its Dockerfile is, relative to the repository. */
  readonly folder: string;
  /** The workspace that is bundled first, where there is one. */
  readonly workspace?: string;
}

/** The folders that become revisions, by the kind of machine that runs them. */
export const STACK_FOLDERS: Readonly<Record<MachineKind, string>> = {
  workers: "stack-worker",
  monitoring: "stack-prometheus",
};

/** Host name of the account's image registry. */
export function registryHost({ region }: FleetConfig, { account }: ReleaseTarget): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com`;
}

/** Scaler, mtail, and the services that `hasDockerfile` knows a folder of the same name for; other services name an image of their own. */
export function ownImages(config: FleetConfig, hasDockerfile: (folder: string) => boolean): readonly OwnImage[] {
  return [
    { name: "wh", folder: "wh", workspace: "wh" },
    { name: "mtail", folder: "images/mtail" },
    ...Object.keys(config.services)
      .filter(hasDockerfile)
      .map((name) => ({ name, folder: name, workspace: name })),
  ];
}

/** What `.env` of a revision says: which images compose takes. */
export function imageVariables(config: FleetConfig, target: ReleaseTarget, images: readonly OwnImage[]): string {
  const variable = (name: string) => `${name.toUpperCase().replaceAll("-", "_")}_IMAGE`;
  return images.map(({ name }) => `${variable(name)}=${reference(config, target, name)}\n`).join("");
}

/** Builds and pushes the images. */
export function imageCommands(
  config: FleetConfig,
  target: ReleaseTarget,
  images: readonly OwnImage[],
): readonly ReleaseCommand[] {
  const [type = ""] = config.workers.instanceTypes;
  const platform = `linux/${architectureOf(type) === "arm64" ? "arm64" : "amd64"}`;
  return images.flatMap(({ name, folder, workspace }) => {
    const image = reference(config, target, name);
    return [
      ...(workspace
        ? [{ title: `bundle ${name}`, file: "npm", args: ["run", "build", "--workspace", workspace] }]
        : []),
      { title: `build ${name}`, file: "docker", args: ["build", "--platform", platform, "--tag", image, folder] },
      { title: `push ${name}`, file: "docker", args: ["push", image] },
    ];
  });
}

/** Puts a staged folder into the bucket and deploys it to the machines of its kind; the second command prints the deployment's id. */
export function deployCommands(
  config: FleetConfig,
  target: ReleaseTarget,
  kind: MachineKind,
  staged: string,
): readonly [ReleaseCommand, ReleaseCommand] {
  const application = ["--region", config.region, "--application-name", applicationName(config)];
  const key = `${kind}/${target.tag}.zip`;
  return [
    {
      title: `upload the revision for ${kind}`,
      file: "aws",
      args: ["deploy", "push", ...application, "--source", staged, "--s3-location", `s3://${target.bucket}/${key}`],
    },
    {
      title: `deploy it to ${kind}`,
      file: "aws",
      args: [
        ...["deploy", "create-deployment", ...application, "--deployment-group-name", kind],
        ...["--s3-location", `bucket=${target.bucket},key=${key},bundleType=zip`],
        ...["--query", "deploymentId", "--output", "text"],
      ],
    },
  ];
}

function reference(config: FleetConfig, target: ReleaseTarget, image: string): string {
  return `${registryHost(config, target)}/fleet-${config.name}-${config.environment}/${image}:${target.tag}`;
}
