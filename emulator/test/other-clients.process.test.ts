import { spawnSync } from "node:child_process";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { withFront } from "./with-front.ts";

/** Whether a program runs here; says so loudly where it does not, because its tests are then left out. */
function available(file: string, args: readonly string[]): boolean {
  const found = spawnSync(file, args).status === 0;
  if (!found)
    process.stderr.write(
      `\nSKIPPED: \`${file} ${args.join(" ")}\` does not work here, so the emulator is not checked against it\n\n`,
    );
  return found;
}

const hasCli = available("aws", ["--version"]);
const hasBoto = available("python3", ["-c", "import boto3"]);
const GROUP = "fleet-contract-test-workers";

const given = withFront();

const run = (file: string, args: readonly string[]) =>
  execa(file, [...args], {
    reject: false,
    env: {
      AWS_ENDPOINT_URL: given.front.endpoint,
      AWS_ACCESS_KEY_ID: given.front.accessKeyId,
      AWS_SECRET_ACCESS_KEY: "any",
      AWS_REGION: "eu-central-1",
      AWS_DEFAULT_REGION: "eu-central-1",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });

describe.skipIf(!hasCli)("the aws command", () => {
  test("reads the group, the instances and a parameter", { timeout: 60_000 }, async () => {
    const [group, instances, put] = await Promise.all([
      run("aws", [
        "autoscaling",
        "describe-auto-scaling-groups",
        "--auto-scaling-group-names",
        GROUP,
        "--query",
        "AutoScalingGroups[0].DesiredCapacity",
      ]),
      run("aws", [
        "ec2",
        "describe-instances",
        "--filters",
        "Name=tag:fleet,Values=contract",
        "--query",
        "Reservations[].Instances[].State.Name",
        "--output",
        "text",
      ]),
      run("aws", ["ssm", "put-parameter", "--name", "/fleet/x", "--value", "from the cli", "--type", "SecureString"]),
    ]);
    expect([group.stdout, instances.stdout, put.exitCode], put.stderr).toEqual(["1", "running", 0]);
    const read = await run("aws", [
      "ssm",
      "get-parameter",
      "--with-decryption",
      "--query",
      "Parameter.Value",
      "--output",
      "text",
      "--name",
      "/fleet/x",
    ]);
    expect(read.stdout).toBe("from the cli");
    const refused = await run("aws", [
      "autoscaling",
      "set-desired-capacity",
      "--auto-scaling-group-name",
      GROUP,
      "--desired-capacity",
      "9",
    ]);
    expect(refused.stderr).toContain("(ValidationError)");
  });
});

describe.skipIf(!hasBoto)("boto3", () => {
  test("reads all four services", { timeout: 60_000 }, async () => {
    const script = `
import boto3, botocore
print(boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]["Instances"][0]["LifecycleState"])
print(boto3.client("ec2").describe_availability_zones()["AvailabilityZones"][1]["ZoneName"])
print(boto3.client("ssm").describe_instance_information()["InstanceInformationList"][0]["PingStatus"])
print(boto3.client("dynamodb").describe_table(TableName="fleet-contract-test-state")["Table"]["TableStatus"])
try:
    boto3.client("ssm").get_parameter(Name="/none")
except botocore.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])
`;
    const { stdout, stderr } = await run("python3", ["-c", script]);
    expect(stdout.split("\n"), stderr).toEqual(["InService", "eu-central-1b", "Online", "ACTIVE", "ParameterNotFound"]);
  });
});
