import { gzipSync } from "node:zlib";
import {
  CreateImageCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Filter,
  GetConsoleOutputCommand,
  type Image,
  type Instance,
  RunInstancesCommand,
  type Tag,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CliError } from "@compose-fleet/process";
import type { BakedImage, BakingInstance, BakingInstances, Images } from "./ports.ts";

type Tags = Readonly<Record<string, string>>;

/** EC2's limit of user data, before base64. */
const USER_DATA_LIMIT_BYTES = 16 * 1024;

/** Instances of EC2 that become images. */
export function createEc2BakingInstances(client: Pick<EC2Client, "send">): BakingInstances {
  return {
    launch: async ({ template, subnetId, image, userData, tags, token }) => {
      // cloud-init unpacks it.
      const packed = gzipSync(userData);
      if (packed.length > USER_DATA_LIMIT_BYTES)
        throw new CliError(
          `The user data of the instance has ${packed.length} bytes, EC2 takes ${USER_DATA_LIMIT_BYTES}.`,
        );
      const { Instances: [instance] = [] } = await client.send(
        new RunInstancesCommand({
          MinCount: 1,
          MaxCount: 1,
          ClientToken: token,
          LaunchTemplate: { LaunchTemplateName: template, Version: "$Latest" },
          ImageId: image,
          SubnetId: subnetId,
          UserData: packed.toString("base64"),
          // Turned off is how it says that it is done; terminated there would be nothing to make an image of.
          InstanceInitiatedShutdownBehavior: "stop",
          TagSpecifications: (["instance", "volume"] as const).map((type) => ({
            ResourceType: type,
            Tags: toTags(tags),
          })),
        }),
      );
      if (instance?.InstanceId === undefined) throw new CliError("EC2 launched an instance without saying which.");
      return instance.InstanceId;
    },
    find: async (tags) => {
      const found: BakingInstance[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(new DescribeInstancesCommand({ Filters: toFilters(tags), NextToken }));
        NextToken = page.NextToken;
        for (const { Instances = [] } of page.Reservations ?? []) found.push(...Instances.map(toInstance));
      } while (NextToken !== undefined);
      return found.filter(({ state }) => state !== "terminated");
    },
    console: async (InstanceId) => {
      const { Output = "" } = await client.send(new GetConsoleOutputCommand({ InstanceId }));
      return Buffer.from(Output, "base64").toString();
    },
    terminate: async (id) => {
      await client
        .send(new TerminateInstancesCommand({ InstanceIds: [id] }))
        .catch(unless("InvalidInstanceID.NotFound"));
    },
  };
}

/** EC2's machine images of this account. */
export function createEc2Images(client: Pick<EC2Client, "send">): Images {
  return {
    create: async (InstanceId, Name, tags) => {
      const { ImageId } = await client.send(
        new CreateImageCommand({
          InstanceId,
          Name,
          TagSpecifications: (["image", "snapshot"] as const).map((type) => ({
            ResourceType: type,
            Tags: toTags(tags),
          })),
        }),
      );
      if (ImageId === undefined) throw new CliError("EC2 made an image without saying which.");
      return ImageId;
    },
    find: async (tags) => {
      const { Images = [] } = await client.send(
        new DescribeImagesCommand({ Owners: ["self"], Filters: toFilters(tags) }),
      );
      return Images.map(toImage);
    },
    delete: async (id) => {
      const { Images: [image] = [] } = await client.send(
        new DescribeImagesCommand({ Owners: ["self"], Filters: [{ Name: "image-id", Values: [id] }] }),
      );
      if (image === undefined) return;
      await client.send(new DeregisterImageCommand({ ImageId: id })).catch(unless("InvalidAMIID.Unavailable"));
      for (const { Ebs } of image.BlockDeviceMappings ?? [])
        if (Ebs?.SnapshotId !== undefined)
          await client
            .send(new DeleteSnapshotCommand({ SnapshotId: Ebs.SnapshotId }))
            .catch(unless("InvalidSnapshot.NotFound"));
    },
  };
}

function toFilters(tags: Tags): Filter[] {
  return Object.entries(tags).map(([name, value]) => ({ Name: `tag:${name}`, Values: [value] }));
}

function toTags(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** As EC2 describes an instance. */
export function toInstance({ InstanceId = "", State, StateReason, LaunchTime }: Instance): BakingInstance {
  return {
    id: InstanceId,
    state: State?.Name ?? "pending",
    turnedItselfOff: State?.Name === "stopped" && StateReason?.Code === "Client.InstanceInitiatedShutdown",
    launchedAtMs: LaunchTime?.getTime() ?? 0,
  };
}

function toImage({ ImageId = "", Name = "", State, CreationDate = "", Tags = [] }: Image): BakedImage {
  const state = State === "pending" || State === "available" || State === "failed" ? State : "other";
  return {
    id: ImageId,
    name: Name,
    state,
    createdAtMs: Date.parse(CreationDate) || 0,
    tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
  };
}

function unless(name: string) {
  return (error: unknown) => {
    if (!(error instanceof Error) || error.name !== name) throw error;
  };
}
