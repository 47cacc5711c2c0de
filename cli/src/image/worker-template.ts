import { type AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeLaunchTemplateVersionsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { GetParameterCommand, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { CliError, exitCodes } from "@compose-fleet/process";
import type { CurrentImage, WorkerTemplate } from "./ports.ts";

/** The workers' launch template and group, which carry one name. */
export function createWorkerTemplate(
  clients: { readonly ec2: Pick<EC2Client, "send">; readonly autoScaling: Pick<AutoScalingClient, "send"> },
  group: string,
): WorkerTemplate {
  return {
    read: async () => {
      const { AutoScalingGroups: [found] = [] } = await clients.autoScaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
      );
      const subnetId = found?.VPCZoneIdentifier?.split(",")[0];
      if (found === undefined || !subnetId)
        throw new CliError(
          `There is no group ${group}: deploy the fleet first (npm run deploy -- fleet).`,
          exitCodes.usage,
        );
      const { LaunchTemplateVersions: [version] = [] } = await clients.ec2.send(
        new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: group, Versions: ["$Latest"] }),
      );
      const userData = Buffer.from(version?.LaunchTemplateData?.UserData ?? "", "base64").toString();
      if (userData === "")
        throw new CliError(`The launch template ${group} has no user data: npm run deploy -- fleet.`);
      return { userData, subnetId };
    },
  };
}

/** The parameter in which EC2 looks the image up at each launch. It checks that the image exists. */
export function createCurrentImage(client: Pick<SSMClient, "send">, parameter: string): CurrentImage {
  return {
    read: async () => {
      try {
        return (await client.send(new GetParameterCommand({ Name: parameter }))).Parameter?.Value;
      } catch (error) {
        if (error instanceof Error && error.name === "ParameterNotFound") return undefined;
        throw error;
      }
    },
    write: async (Value) => {
      await client.send(
        new PutParameterCommand({ Name: parameter, Value, Type: "String", DataType: "aws:ec2:image", Overwrite: true }),
      );
    },
  };
}
