import { TargetHealthStateEnum } from "@aws-sdk/client-elastic-load-balancing-v2";
import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { expect, test } from "vitest";
import { createTargetReader } from "./target-reader.ts";

const target = (Id: string, State: string, Port = 8080) => ({ Target: { Id, Port }, TargetHealth: { State } });
/** Target groups by ARN, each with its targets. */
const balancerOf = (groups: Record<string, readonly object[]>) =>
  createFakeAws({
    DescribeTargetHealth: ({ TargetGroupArn }: { TargetGroupArn: string }) => ({
      TargetHealthDescriptions: groups[TargetGroupArn],
    }),
  });

test.each(Object.values(TargetHealthStateEnum))("only who is healthy is reached, and %s says which", async (state) => {
  const reading = await createTargetReader(balancerOf({ http: [target("i-1", state)] }).client)(["http"]);
  expect([reading.reachedOf("i-1"), reading.unread]).toEqual([state === "healthy", undefined]);
});

test("a worker is reached where it is healthy in every target group, by each port of it", async () => {
  const groups = {
    http: [target("i-1", "healthy"), target("i-2", "healthy"), target("i-3", "healthy")],
    https: [target("i-1", "healthy"), target("i-2", "initial"), target("i-4", "healthy")],
    ports: ["i-1", "i-2", "i-3"].flatMap((id) => [target(id, "healthy"), target(id, "healthy", 8443)]),
  };
  const reached = async (...arns: string[]) => {
    const { reachedOf } = await createTargetReader(balancerOf(groups).client)(arns);
    return ["i-1", "i-2", "i-3", "i-4", "i-5"].map(reachedOf);
  };
  expect(await reached("http")).toEqual([true, true, true, false, false]);
  expect(await reached("http", "https", "ports")).toEqual([true, false, false, false, false]);
  const half = balancerOf({ ports: [target("i-1", "healthy"), target("i-1", "unhealthy", 8443)] });
  expect((await createTargetReader(half.client)(["ports"])).reachedOf("i-1")).toBe(false);
});

test("a group without a target group has nobody to ask: nothing is said, and nothing is missing", async () => {
  const aws = createFakeAws({});
  const reading = await createTargetReader(aws.client)([]);
  expect([reading.reachedOf("i-1"), reading.unread, aws.calls]).toEqual([undefined, undefined, []]);
});

test.each([
  ["throttled", awsError("ThrottlingException", "Rate exceeded")],
  ["denied", awsError("AccessDenied", "not authorized")],
  ["gone", awsError("TargetGroupNotFound", "not found")],
  ["without a list", {}],
])("where one target group cannot be read (%s) everybody is unknown, and that is told", async (_how, answer) => {
  const answers = { http: { TargetHealthDescriptions: [target("i-1", "healthy")] }, https: answer };
  const { client } = createFakeAws({
    DescribeTargetHealth: ({ TargetGroupArn }: { TargetGroupArn: "http" | "https" }) => answers[TargetGroupArn],
  });
  const reading = await createTargetReader(client)(["http", "https"]);
  expect(reading.reachedOf("i-1")).toBe("unknown");
  expect(reading.unread?.what).toBe("whether the load balancer reaches the workers");
});
