import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeAvailabilityZonesCommand, DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateDocumentCommand,
  DeleteParameterCommand,
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListCommandInvocationsCommand,
  PutParameterCommand,
  SendCommandCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { type FrontUnderTest, startFront } from "./front-under-test.ts";

const GROUP = "fleet-contract-test-workers";
const TABLE = "fleet-contract-test-state";

let front: FrontUnderTest;
let autoscaling: AutoScalingClient;
let ec2: EC2Client;
let ssm: SSMClient;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  front = await startFront(systemClock);
  const settings = {
    endpoint: front.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: front.accessKeyId, secretAccessKey: "any" },
    maxAttempts: 1,
  };
  autoscaling = new AutoScalingClient(settings);
  ec2 = new EC2Client(settings);
  ssm = new SSMClient(settings);
  dynamodb = new DynamoDBClient(settings);
});

afterAll(() => {
  for (const client of [autoscaling, ec2, ssm, dynamodb]) client.destroy();
  front.close();
});

const describeGroup = async () =>
  (await autoscaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [GROUP] })))
    .AutoScalingGroups?.[0];

const invocation = (CommandId: string, InstanceId: string) =>
  ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));

/** Sends the document to the first worker and waits for a final state. */
async function runDocument(service: string, seconds = "0") {
  const InstanceId = front.workers.group().instances[0]?.id ?? "";
  const sent = await ssm.send(
    new SendCommandCommand({
      DocumentName: "fleet-scale",
      InstanceIds: [InstanceId],
      Parameters: { service: [service], seconds: [seconds] },
    }),
  );
  const id = sent.Command?.CommandId ?? "";
  await expect(invocation(id, InstanceId)).rejects.toMatchObject({ name: "InvocationDoesNotExist" });
  return expect.poll(
    async () => {
      const { Status, StatusDetails, StandardOutputContent, ResponseCode } = await invocation(id, InstanceId).catch(
        () => ({
          Status: undefined,
          StatusDetails: undefined,
          StandardOutputContent: undefined,
          ResponseCode: undefined,
        }),
      );
      return { Status, StatusDetails, StandardOutputContent, ResponseCode };
    },
    { timeout: 5_000, interval: 50 },
  );
}

describe("Auto Scaling", () => {
  test("describes the group by name and finds nothing under another name", async () => {
    expect(await describeGroup()).toMatchObject({
      MinSize: 1,
      MaxSize: 3,
      HealthCheckType: "EC2",
      CreatedTime: expect.any(Date),
    });
    const other = await autoscaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["another"] }));
    expect(other.AutoScalingGroups).toEqual([]);
  });

  test("scales out, names who asked, and takes the chosen victim on the way in", async () => {
    await autoscaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 3, HonorCooldown: false }),
    );
    await expect
      .poll(
        async () => (await describeGroup())?.Instances?.filter((each) => each.LifecycleState === "InService").length,
      )
      .toBe(3);
    const victim = (await describeGroup())?.Instances?.[1]?.InstanceId;
    const answer = await autoscaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: victim, ShouldDecrementDesiredCapacity: true }),
    );
    expect(answer.Activity).toMatchObject({
      StatusCode: "WaitingForELBConnectionDraining",
      AutoScalingGroupName: GROUP,
    });
    await expect
      .poll(async () => (await describeGroup())?.Instances?.some((each) => each.InstanceId === victim))
      .toBe(false);
    expect((await describeGroup())?.DesiredCapacity).toBe(2);
    const { Activities } = await autoscaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP, MaxRecords: 1 }),
    );
    expect(Activities).toMatchObject([
      {
        StatusCode: "Successful",
        Cause: expect.stringContaining("in response to a user request, shrinking the capacity from 3 to 2"),
      },
    ]);
    const listed = await autoscaling.send(new DescribeAutoScalingInstancesCommand({}));
    expect(listed.AutoScalingInstances?.map((each) => each.AutoScalingGroupName)).toEqual([GROUP, GROUP]);
  });

  test("pages through activities", async () => {
    const first = await autoscaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP, MaxRecords: 1 }),
    );
    const second = await autoscaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP, MaxRecords: 1, NextToken: first.NextToken }),
    );
    expect(second.Activities?.[0]?.ActivityId).not.toBe(first.Activities?.[0]?.ActivityId);
    await expect(
      autoscaling.send(new DescribeScalingActivitiesCommand({ NextToken: "made-up" })),
    ).rejects.toMatchObject({ name: "InvalidNextToken" });
  });

  test.each([
    [
      "above max",
      new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 4 }),
      /above max value 3/,
    ],
    [
      "below min",
      new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 0 }),
      /below min value 1/,
    ],
    [
      "an unknown group",
      new SetDesiredCapacityCommand({ AutoScalingGroupName: "another", DesiredCapacity: 1 }),
      /name not found/,
    ],
  ])("refuses %s with ValidationError", async (_rule, command, message) => {
    await expect(autoscaling.send(command)).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("refuses to terminate an instance it does not know", async () => {
    const command = new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: "i-00000000000000000",
      ShouldDecrementDesiredCapacity: true,
    });
    await expect(autoscaling.send(command)).rejects.toMatchObject({ name: "ValidationError" });
  });
});

describe("EC2", () => {
  const find = async (...filters: [string, string][]) => {
    const Filters = filters.map(([Name, value]) => ({ Name, Values: [value] }));
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ Filters }));
    return Reservations?.flatMap((each) => each.Instances ?? []) ?? [];
  };

  test("filters by state and tags, as service discovery asks", async () => {
    const running = await find(["instance-state-name", "running"], ["tag:fleet", "contract"]);
    expect(running).toHaveLength(front.workers.group().instances.length);
    expect(running[0]).toMatchObject({
      State: { Name: "running", Code: 16 },
      PrivateIpAddress: expect.stringMatching(/^172\.16\./),
      Placement: { AvailabilityZone: "eu-central-1a" },
      LaunchTime: expect.any(Date),
    });
    expect(await find(["tag:fleet", "another"])).toEqual([]);
    expect(await find(["tag:fleet", "con*"], ["instance-state-name", "running"])).toHaveLength(running.length);
  });

  test("goes on listing a terminated instance, without its address", async () => {
    const [gone] = await find(["instance-state-name", "terminated"]);
    expect(gone?.State?.Code).toBe(48);
    expect(gone?.PrivateIpAddress).toBeUndefined();
  });

  test("lists the zones", async () => {
    const { AvailabilityZones } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
    expect(AvailabilityZones?.map((zone) => [zone.ZoneName, zone.State])).toEqual([
      ["eu-central-1a", "available"],
      ["eu-central-1b", "available"],
    ]);
  });

  test.each([
    ["an unknown id", { InstanceIds: ["i-0123456789abcdef0"] }, "InvalidInstanceID.NotFound"],
    ["a malformed id", { InstanceIds: ["i-x"] }, "InvalidInstanceID.Malformed"],
    ["an unknown filter", { Filters: [{ Name: "colour", Values: ["red"] }] }, "InvalidParameterValue"],
    ["a page that is too small", { MaxResults: 4 }, "InvalidParameterValue"],
  ])("refuses %s", async (_rule, input, name) => {
    await expect(ec2.send(new DescribeInstancesCommand(input))).rejects.toMatchObject({ name });
  });
});

describe("SSM commands", () => {
  test("run the document's script; reads see them a little later", async () => {
    await (await runDocument("web")).toEqual({
      Status: "Success",
      StatusDetails: "Success",
      StandardOutputContent: "service web\n",
      ResponseCode: 0,
    });
    const { CommandInvocations } = await ssm.send(new ListCommandInvocationsCommand({}));
    expect(CommandInvocations?.[0]).toMatchObject({
      DocumentName: "fleet-scale",
      Status: "Success",
      RequestedDateTime: expect.any(Date),
    });
  });

  test("report a script that fails", async () => {
    await (await runDocument("bad")).toMatchObject({ Status: "Failed", ResponseCode: 1 });
  });

  test("kill a script at the document's time limit", async () => {
    await (await runDocument("web", "30")).toMatchObject({ Status: "TimedOut", StatusDetails: "ExecutionTimedOut" });
  });

  const send = (change: object) =>
    ssm.send(
      new SendCommandCommand({
        DocumentName: "fleet-scale",
        InstanceIds: [front.workers.group().instances[0]?.id ?? ""],
        Parameters: { service: ["web"] },
        ...change,
      }),
    );

  test.each([
    ["shell characters in a parameter", { Parameters: { service: ["web; reboot"] } }, "InvalidParameters"],
    ["a line break behind a good parameter", { Parameters: { service: ["web\n"] } }, "InvalidParameters"],
    ["a parameter that the document lacks", { Parameters: { service: ["web"], other: ["x"] } }, "InvalidParameters"],
    ["a missing parameter", { Parameters: {} }, "InvalidParameters"],
    ["an unknown document", { DocumentName: "another" }, "InvalidDocument"],
    ["an instance that is not managed", { InstanceIds: ["i-00000000000000000"] }, "InvalidInstanceId"],
    [
      "more than 50 instances",
      { InstanceIds: Array.from({ length: 51 }, () => "i-00000000000000000") },
      "ValidationException",
    ],
    ["a delivery time below 30 s", { TimeoutSeconds: 5 }, "ValidationException"],
  ])("refuse %s", async (_rule, change, name) => {
    await expect(send(change)).rejects.toMatchObject({ name });
  });

  test("know which instances are online", async () => {
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
    expect(InstanceInformationList?.map((each) => each.PingStatus)).toEqual(
      front.workers.group().instances.map(() => "Online"),
    );
  });

  test("keep documents", async () => {
    const { Content } = await ssm.send(new GetDocumentCommand({ Name: "fleet-scale" }));
    expect(JSON.parse(Content ?? "").schemaVersion).toBe("2.2");
    await ssm.send(new CreateDocumentCommand({ Name: "fleet-copy", Content, DocumentType: "Command" }));
    const { Document } = await ssm.send(new DescribeDocumentCommand({ Name: "fleet-copy" }));
    expect(Document).toMatchObject({ Status: "Active", SchemaVersion: "2.2" });
    await expect(ssm.send(new CreateDocumentCommand({ Name: "fleet-copy", Content }))).rejects.toMatchObject({
      name: "DocumentAlreadyExists",
    });
    await expect(ssm.send(new CreateDocumentCommand({ Name: "fleet-bad", Content: "{}" }))).rejects.toMatchObject({
      name: "InvalidDocumentContent",
    });
  });
});

describe("SSM parameters", () => {
  const put = (Name: string, Value: string, more: object = {}) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: "String", ...more }));

  test("count versions and are overwritten only when asked", async () => {
    expect((await put("/fleet/c/t/replicas", "1")).Version).toBe(1);
    await expect(put("/fleet/c/t/replicas", "2")).rejects.toMatchObject({ name: "ParameterAlreadyExists" });
    expect((await put("/fleet/c/t/replicas", "2", { Overwrite: true })).Version).toBe(2);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/fleet/c/t/replicas" }));
    expect(Parameter).toMatchObject({ Value: "2", Version: 2, LastModifiedDate: expect.any(Date) });
  });

  test("give a secret away only decrypted on request", async () => {
    await put("/fleet/c/t/secrets/KEY", "hunter2", { Type: "SecureString" });
    const closed = await ssm.send(new GetParameterCommand({ Name: "/fleet/c/t/secrets/KEY" }));
    expect(closed.Parameter?.Value).not.toContain("hunter2");
    const open = await ssm.send(new GetParameterCommand({ Name: "/fleet/c/t/secrets/KEY", WithDecryption: true }));
    expect(open.Parameter?.Value).toBe("hunter2");
  });

  test("are found by path and by names, and can be deleted", async () => {
    const direct = await ssm.send(new GetParametersByPathCommand({ Path: "/fleet/c/t" }));
    expect(direct.Parameters?.map((each) => each.Name)).toEqual(["/fleet/c/t/replicas"]);
    const all = await ssm.send(new GetParametersByPathCommand({ Path: "/fleet/c/t", Recursive: true }));
    expect(all.Parameters).toHaveLength(2);
    const named = await ssm.send(new GetParametersCommand({ Names: ["/fleet/c/t/replicas", "/none"] }));
    expect(named.InvalidParameters).toEqual(["/none"]);
    await ssm.send(new DeleteParameterCommand({ Name: "/fleet/c/t/replicas" }));
    await expect(ssm.send(new GetParameterCommand({ Name: "/fleet/c/t/replicas" }))).rejects.toMatchObject({
      name: "ParameterNotFound",
    });
  });

  test.each([
    ["no value", "/fleet/x", "", {}],
    ["a reserved name", "/aws/x", "1", {}],
    ["blanks in the name", "/fleet/a b", "1", {}],
    ["more than 4 KB", "/fleet/x", "x".repeat(4097), {}],
    ["no type", "/fleet/new", "1", { Type: undefined }],
  ])("refuse %s", async (_rule, name, value, more) => {
    await expect(put(name, value, more)).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("DynamoDB", () => {
  test("has the fleet's table, with conditional writes", async () => {
    const write = (value: string) =>
      dynamodb.send(
        new PutItemCommand({
          TableName: TABLE,
          Item: { pk: { S: "lease" }, sk: { S: "now" }, value: { S: value } },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
    await write("first");
    await expect(write("second")).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName: TABLE, Key: { pk: { S: "lease" }, sk: { S: "now" } } }),
    );
    expect(Item?.value).toEqual({ S: "first" });
  });
});

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
        new AutoScalingClient({ ...strangers, endpoint: front.endpoint }).send(
          new DescribeAutoScalingGroupsCommand({}),
        ),
      "InvalidClientTokenId",
    ],
    [
      "EC2",
      () => new EC2Client({ ...strangers, endpoint: front.endpoint }).send(new DescribeInstancesCommand({})),
      "AuthFailure",
    ],
    [
      "SSM",
      () => new SSMClient({ ...strangers, endpoint: front.endpoint }).send(new GetParameterCommand({ Name: "/x" })),
      "UnrecognizedClientException",
    ],
    [
      "DynamoDB",
      () =>
        new DynamoDBClient({ ...strangers, endpoint: front.endpoint }).send(
          new GetItemCommand({ TableName: TABLE, Key: {} }),
        ),
      "UnrecognizedClientException",
    ],
  ])("lets no other access key in: %s", async (_service, call, name) => {
    await expect(call()).rejects.toMatchObject({ name });
  });

  const raw = (body: string, headers: Record<string, string>) =>
    fetch(front.endpoint, { method: "POST", body, headers });
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
