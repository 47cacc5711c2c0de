import {
  CreateImageCommand,
  CreateLaunchTemplateCommand,
  DescribeImagesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import { describe } from "vitest";
import { describeEc2Contract } from "../cli/src/image/ec2-contract.ts";
import { createEc2BakingInstances, createEc2Images } from "../cli/src/image/ec2-images.ts";
import { hasMoto, startMoto } from "../infra/src/emulator/moto.ts";

// biome-ignore lint/style/noProcessEnv: a test reads what its machine has
const { PATH } = process.env;
const isThere = hasMoto(PATH);
if (!isThere)
  process.stderr.write(
    "\nNOT RUN, fleet image against an emulated EC2: moto_server is not on this machine's PATH: pip install 'moto[server]'.\n\n",
  );

describe.runIf(isThere)("fleet image on an emulated AWS", () => {
  describeEc2Contract("moto, by the SDK", async () => {
    const moto = await startMoto(PATH, undefined);
    const client = new EC2Client({
      region: "eu-central-1",
      endpoint: moto.endpoint,
      credentials: { accessKeyId: "emulated", secretAccessKey: "emulated" },
    });
    const { Images: [base] = [] } = await client.send(new DescribeImagesCommand({}));
    const { Subnets: [subnet] = [] } = await client.send(new DescribeSubnetsCommand({}));
    await client.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: "fleet-shop-stage-workers",
        LaunchTemplateData: { ImageId: base?.ImageId, InstanceType: "t3.small" },
      }),
    );
    return {
      instances: createEc2BakingInstances(client),
      images: createEc2Images({ send: withoutSnapshotTags(client) }),
      launch: { template: "fleet-shop-stage-workers", subnetId: subnet?.SubnetId ?? "", image: base?.ImageId ?? "" },
      // Nothing runs in moto that could do it from inside.
      turnOff: async (id) => void (await client.send(new StopInstancesCommand({ InstanceIds: [id] }))),
      close: async () => {
        client.destroy();
        await moto.close();
      },
    };
  });
});

/** moto fails on tags of snapshots, which EC2 takes. */
function withoutSnapshotTags(client: EC2Client): EC2Client["send"] {
  return ((command: unknown) => {
    if (command instanceof CreateImageCommand)
      command.input.TagSpecifications = command.input.TagSpecifications?.filter(
        ({ ResourceType }) => ResourceType !== "snapshot",
      );
    return client.send(command as CreateImageCommand);
  }) as EC2Client["send"];
}
