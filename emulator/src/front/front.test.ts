import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { GROUP, TABLE } from "../../test/sdk-under-test.ts";
import { withFront } from "../../test/with-front.ts";

const given = withFront();

describe("the front itself", () => {
  const strangers = {
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIASTRANGER", secretAccessKey: "any" },
    maxAttempts: 1,
  };

  test.each([
    [
      "Auto Scaling",
      () =>
        new AutoScalingClient({ ...strangers, endpoint: given.front.endpoint }).send(
          new DescribeAutoScalingGroupsCommand({}),
        ),
      "InvalidClientTokenId",
    ],
    [
      "EC2",
      () => new EC2Client({ ...strangers, endpoint: given.front.endpoint }).send(new DescribeInstancesCommand({})),
      "AuthFailure",
    ],
    [
      "SSM",
      () =>
        new SSMClient({ ...strangers, endpoint: given.front.endpoint }).send(new GetParameterCommand({ Name: "/x" })),
      "UnrecognizedClientException",
    ],
    [
      "DynamoDB",
      () =>
        new DynamoDBClient({ ...strangers, endpoint: given.front.endpoint }).send(
          new GetItemCommand({ TableName: TABLE, Key: {} }),
        ),
      "UnrecognizedClientException",
    ],
  ])("lets no other access key in: %s", async (_service, call, name) => {
    await expect(call()).rejects.toMatchObject({ name });
  });

  const raw = (body: string, headers: Record<string, string>) =>
    fetch(given.front.endpoint, { method: "POST", body, headers });
  const credential = (service: string) =>
    `AWS4-HMAC-SHA256 Credential=AKIALOCALTEST/20260101/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const json = (target: string) => ({ "content-type": "application/x-amz-json-1.1", "x-amz-target": target });

  test.each([
    ["no signature", "Action=DescribeAutoScalingGroups&Version=2011-01-01", form, 403, "MissingAuthenticationToken"],
    [
      "an unknown query action",
      "Action=DeleteAutoScalingGroup&Version=2011-01-01",
      { ...form, authorization: credential("autoscaling") },
      400,
      "InvalidAction",
    ],
    [
      "an inherited name as action",
      "Action=constructor&Version=2011-01-01",
      { ...form, authorization: credential("autoscaling") },
      400,
      "InvalidAction",
    ],
    [
      "an unknown version",
      "Action=DescribeAutoScalingGroups&Version=2000-01-01",
      { ...form, authorization: credential("autoscaling") },
      400,
      "InvalidAction",
    ],
    [
      "an unknown EC2 action",
      "Action=RunInstances&Version=2016-11-15",
      { ...form, authorization: credential("ec2") },
      400,
      "<Response><Errors>",
    ],
    [
      "an unknown SSM operation",
      "{}",
      { ...json("AmazonSSM.Reboot"), authorization: credential("ssm") },
      400,
      "UnknownOperationException",
    ],
    [
      "a body that is not JSON",
      "{",
      { ...json("AmazonSSM.GetParameter"), authorization: credential("ssm") },
      400,
      "SerializationException",
    ],
    [
      "a body above 1 MiB",
      "x".repeat(1024 * 1024 + 1),
      { ...json("AmazonSSM.GetParameter"), authorization: credential("ssm") },
      413,
      "RequestEntityTooLarge",
    ],
    [
      "a number that is none",
      `Action=SetDesiredCapacity&Version=2011-01-01&AutoScalingGroupName=${GROUP}&DesiredCapacity=two`,
      { ...form, authorization: credential("autoscaling") },
      400,
      "ValidationError",
    ],
  ])("answers %s with the service's own error", async (_rule, body, headers, status, text) => {
    const response = await raw(body, headers);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });
});
