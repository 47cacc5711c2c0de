import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import { type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeInstancesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";

export interface AppliedFleet {
  readonly autoScaling: Pick<AutoScalingClient, "send">;
  readonly dynamo: Pick<DynamoDBClient, "send">;
  readonly ec2: Pick<EC2Client, "send">;
  readonly config: FleetConfig;
}

/** A statement about what was applied, and how to find out; `check` rejects, with a sentence, where it is wrong. */
export interface FleetCheck {
  readonly statement: string;
  check(): Promise<void>;
}

/** What has to hold once the fleet's stack is applied. The first one changes the size of the group. */
export function fleetChecks({ autoScaling, dynamo, ec2, config }: AppliedFleet): readonly FleetCheck[] {
  const { group, table, workerTags } = fleetNames(config);

  async function members(): Promise<readonly string[]> {
    const { AutoScalingGroups } = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
    );
    return (AutoScalingGroups?.[0]?.Instances ?? []).map(({ InstanceId = "" }) => InstanceId);
  }

  async function put(id: string): Promise<void> {
    await dynamo.send(
      new PutItemCommand({
        TableName: table,
        Item: { pk: { S: "check" }, sk: { S: id }, expiresAt: { N: "4102444800" } },
        ConditionExpression: "attribute_not_exists(pk)",
      }),
    );
  }

  return [
    {
      statement: "the group scales 1 → 4 → 2",
      check: async () => {
        for (const desired of [1, 4, 2]) {
          await autoScaling.send(
            new SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: desired }),
          );
          const found = (await members()).length;
          if (found !== desired) throw new Error(`asked for ${desired} workers, the group has ${found}`);
        }
      },
    },
    {
      statement: "the group's tags are on its workers, so that Prometheus and SSM find them",
      check: async () => {
        const { Reservations = [] } = await ec2.send(
          new DescribeInstancesCommand({ InstanceIds: [...(await members())] }),
        );
        const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
        if (instances.length === 0) throw new Error("the group has no workers");
        for (const { InstanceId, Tags = [] } of instances)
          for (const [key, value] of Object.entries(workerTags)) {
            const found = Tags.find((tag) => tag.Key === key)?.Value;
            if (found !== value) throw new Error(`${InstanceId} has the tag ${key}=${found}, not ${value}`);
          }
      },
    },
    {
      statement: "the table takes a conditional write once",
      check: async () => {
        await put("once");
        const refused = await put("once").then(
          () => false,
          (error: unknown) => error instanceof Error && error.name === "ConditionalCheckFailedException",
        );
        if (!refused) throw new Error("the second write of the same key was taken");
      },
    },
  ];
}
