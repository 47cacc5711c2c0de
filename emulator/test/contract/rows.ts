import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeInstanceStatusCommand, DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { DescribeTargetGroupsCommand, DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  GetCommandInvocationCommand,
  GetParameterCommand,
  PutParameterCommand,
  SendCommandCommand,
} from "@aws-sdk/client-ssm";
import { type SdkClients, TABLE } from "../sdk-under-test.ts";
import { AUTOSCALING_ROWS } from "./autoscaling-rows.ts";
import { RELEASE_ROWS } from "./release-rows.ts";
import { type ContractRow, NO_INSTANCE } from "./row.ts";

const arn = (name: string) =>
  `arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/${name}/0123456789abcdef`;

const put = (sdk: SdkClients, Value: string, more: object = {}) =>
  sdk.ssm.send(new PutParameterCommand({ Name: "/contract/one", Value, Type: "String", ...more }));

/** What is asked of the other services. */
const OTHER_ROWS: readonly ContractRow[] = [
  {
    rule: "an instance id nobody has is not found",
    ask: (sdk) => sdk.ec2.send(new DescribeInstancesCommand({ InstanceIds: [NO_INSTANCE] })),
    answer: { error: "InvalidInstanceID.NotFound" },
  },
  {
    rule: "a malformed instance id is refused",
    ask: (sdk) => sdk.ec2.send(new DescribeInstancesCommand({ InstanceIds: ["i-x"] })),
    answer: { error: "InvalidInstanceID.Malformed" },
    moto: "says not found",
  },
  {
    rule: "an instance that runs passes its status checks",
    ask: (sdk) =>
      sdk.ec2.send(new DescribeInstanceStatusCommand({})).then(({ InstanceStatuses = [] }) => InstanceStatuses[0]),
    answer: {
      InstanceState: { Code: 16, Name: "running" },
      SystemStatus: { Status: "ok", Details: [{ Name: "reachability", Status: "passed" }] },
      InstanceStatus: { Status: "ok", Details: [{ Name: "reachability", Status: "passed" }] },
    },
  },
  {
    rule: "the status of an instance id nobody has is not found",
    ask: (sdk) => sdk.ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [NO_INSTANCE] })),
    answer: { error: "InvalidInstanceID.NotFound" },
  },
  {
    rule: "a target group nobody has is not found by its name",
    ask: (sdk) => sdk.elbv2.send(new DescribeTargetGroupsCommand({ Names: ["none"] })),
    answer: { error: "TargetGroupNotFoundException" },
  },
  {
    rule: "a target group nobody has has no health",
    ask: (sdk) => sdk.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn("none") })),
    answer: { error: "TargetGroupNotFoundException" },
  },
  {
    rule: "a parameter nobody has is not found",
    ask: (sdk) => sdk.ssm.send(new GetParameterCommand({ Name: "/contract/none" })),
    answer: { error: "ParameterNotFound" },
  },
  { rule: "a new parameter has version 1", ask: (sdk) => put(sdk, "1"), answer: { Version: 1 } },
  {
    rule: "a parameter is not overwritten unless asked",
    ask: (sdk) => put(sdk, "2"),
    answer: { error: "ParameterAlreadyExists" },
  },
  {
    rule: "an overwritten parameter counts its versions",
    ask: (sdk) => put(sdk, "2", { Overwrite: true }),
    answer: { Version: 2 },
  },
  {
    rule: "a command needs a document",
    ask: (sdk) => sdk.ssm.send(new SendCommandCommand({ DocumentName: "none", InstanceIds: [NO_INSTANCE] })),
    answer: { error: "InvalidDocument" },
    moto: "takes any document's name",
  },
  {
    rule: "an invocation nobody has does not exist",
    ask: (sdk) =>
      sdk.ssm.send(
        new GetCommandInvocationCommand({
          CommandId: "00000000-0000-4000-8000-000000000000",
          InstanceId: NO_INSTANCE,
        }),
      ),
    answer: { error: "InvocationDoesNotExist" },
    moto: "answers InvalidCommandId",
  },
  {
    rule: "a conditional write happens once",
    ask: async (sdk) => {
      const Item = { pk: { S: "contract" }, sk: { S: "once" } };
      const write = () =>
        sdk.dynamodb.send(
          new PutItemCommand({ TableName: TABLE, Item, ConditionExpression: "attribute_not_exists(pk)" }),
        );
      await write();
      return write();
    },
    answer: { error: "ConditionalCheckFailedException" },
  },
];

/** The contract, in the order in which it is asked: later rows see what earlier ones did. */
export const CONTRACT: readonly ContractRow[] = [...AUTOSCALING_ROWS, ...OTHER_ROWS, ...RELEASE_ROWS];
