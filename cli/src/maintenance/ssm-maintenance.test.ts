import { parseFleetConfig } from "@compose-fleet/fleet";
import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { describe, expect, test } from "vitest";
import { createSsmMaintenanceStore, createSsmMaintenanceWorkers } from "./ssm-maintenance.ts";

const web = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 5 } };
const parsed = parseFleetConfig({ name: "shop", environment: "stage", services: { web } });
if (!parsed.ok) throw new Error("not a fleet");
const { config } = parsed;

/** A clock that only sleeping sets on. */
function clock() {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
}
const workersOf = (answers: Record<string, unknown>) => {
  const aws = createFakeAws(answers);
  const { client } = aws;
  return { aws, workers: createSsmMaintenanceWorkers({ ssm: client, autoScaling: client, clock: clock(), config }) };
};
const SENT = { Command: { CommandId: "c-1" } };

describe("the store", () => {
  test("is one parameter of the fleet", async () => {
    const { calls, client } = createFakeAws({ GetParameter: { Parameter: { Value: "web" } }, PutParameter: {} });
    const store = createSsmMaintenanceStore(client, config);
    expect(await store.read()).toBe("web");
    await store.write("*");
    const Name = "/fleet/shop/stage/maintenance";
    expect(calls.map(({ input }) => input)).toEqual([{ Name }, { Name, Type: "String", Value: "*", Overwrite: true }]);
  });
  test("one that nobody wrote is undefined; one that cannot be read is an error", async () => {
    const reading = (error: Error) =>
      createSsmMaintenanceStore(createFakeAws({ GetParameter: error }).client, config).read();
    expect(await reading(awsError("ParameterNotFound"))).toBeUndefined();
    await expect(reading(awsError("ThrottlingException"))).rejects.toThrow("refused");
  });
});

test("workers are the group's that are not on their way out", async () => {
  const states = ["InService", "Pending:Wait", "Standby", "Terminating:Wait", "Terminated"];
  const Instances = states.map((LifecycleState, i) => ({ InstanceId: `i-${i}`, LifecycleState }));
  const { workers } = workersOf({ DescribeAutoScalingGroups: { AutoScalingGroups: [{ Instances }] } });
  expect(await workers.list()).toEqual([
    { id: "i-0", boots: false },
    { id: "i-1", boots: true },
    { id: "i-2", boots: false },
  ]);
});

describe("a worker obeys", () => {
  test("by the fleet's document, whose end is waited for", async () => {
    const ends = ["Pending", "InProgress", "Success"];
    const { aws, workers } = workersOf({ SendCommand: SENT, GetCommandInvocation: () => ({ Status: ends.shift() }) });
    expect(await workers.obey("i-1")).toBeUndefined();
    expect(aws.calls[0]?.input).toMatchObject({ DocumentName: "fleet-shop-stage-maintenance", InstanceIds: ["i-1"] });
    expect(ends).toEqual([]);
  });
  test.each<[string, Record<string, unknown>, RegExp]>([
    ["refused", { SendCommand: awsError("InvalidInstanceId", "not managed") }, /^InvalidInstanceId: not managed$/],
    [
      "failed",
      {
        SendCommand: SENT,
        GetCommandInvocation: { Status: "Failed", StatusDetails: "Failed", StandardErrorContent: "disk full\n" },
      },
      /^Failed: disk full$/,
    ],
    [
      "not delivered",
      { SendCommand: SENT, GetCommandInvocation: { Status: "Failed", StatusDetails: "Undeliverable" } },
      /^Undeliverable: no output$/,
    ],
    ["under way for ever", { SendCommand: SENT, GetCommandInvocation: { Status: "InProgress" } }, /has not ended/],
    [
      "never to be seen",
      { SendCommand: SENT, GetCommandInvocation: awsError("InvocationDoesNotExist", "no such invocation") },
      /^InvocationDoesNotExist/,
    ],
  ])("or not: %s", async (_rule, answers, expected) => {
    expect(await workersOf(answers).workers.obey("i-1")).toMatch(expected);
  });
});
