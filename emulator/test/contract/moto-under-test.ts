import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateAutoScalingGroupCommand, CreateLaunchConfigurationCommand } from "@aws-sdk/client-auto-scaling";
import { CreateApplicationCommand, CreateDeploymentGroupCommand } from "@aws-sdk/client-codedeploy";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { DescribeImagesCommand } from "@aws-sdk/client-ec2";
import { CreateRepositoryCommand } from "@aws-sdk/client-ecr";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { BUCKET, GROUP, RELEASES, REPOSITORY, type SdkClients, sdkClients, TABLE } from "../sdk-under-test.ts";

/** A Python package, not one of ours. */
const MOTO = "moto_server";

/** Whether moto_server runs here. */
export function hasMoto(): boolean {
  return spawnSync(MOTO, ["--help"]).status === 0;
}

/** A moto on a free loopback port, with the group and the table that the contract asks about. */
export async function startMoto(): Promise<{ readonly sdk: SdkClients; readonly close: () => Promise<void> }> {
  const port = await freePort();
  const child = spawn(MOTO, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  try {
    await untilListening(child, port);
    const sdk = sdkClients(`http://127.0.0.1:${port}`, "AKIALOCALTEST");
    await prepare(sdk);
    await prepareReleases(sdk);
    return {
      sdk,
      close: async () => {
        sdk.destroy();
        await end(child);
      },
    };
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function prepare(sdk: SdkClients): Promise<void> {
  const { Images } = await sdk.ec2.send(new DescribeImagesCommand({}));
  await sdk.autoscaling.send(
    new CreateLaunchConfigurationCommand({
      LaunchConfigurationName: "worker",
      ImageId: Images?.[0]?.ImageId,
      InstanceType: "t3.small",
    }),
  );
  await sdk.autoscaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: GROUP,
      LaunchConfigurationName: "worker",
      MinSize: 1,
      MaxSize: 3,
      DesiredCapacity: 1,
      AvailabilityZones: ["eu-central-1a", "eu-central-1b"],
    }),
  );
  await sdk.dynamodb.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
    }),
  );
}

async function prepareReleases(sdk: SdkClients): Promise<void> {
  const { applicationName, deploymentGroupName } = RELEASES;
  await sdk.codedeploy.send(new CreateApplicationCommand({ applicationName, computePlatform: "Server" }));
  await sdk.codedeploy.send(
    new CreateDeploymentGroupCommand({
      applicationName,
      deploymentGroupName,
      serviceRoleArn: "arn:aws:iam::000000000000:role/codedeploy",
    }),
  );
  await sdk.s3.send(
    new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
  );
  await sdk.ecr.send(new CreateRepositoryCommand({ repositoryName: REPOSITORY }));
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt += 1) {
    const answers = await fetch(`http://127.0.0.1:${port}/moto-api/data.json`).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) return;
    await sleep(200);
  }
  throw new Error(`moto_server does not answer on port ${port} (exit code ${child.exitCode})`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
