import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../act/outcome.ts";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createSsmReplicas } from "./ssm-replicas.ts";

const SENT = { Command: { CommandId: "c-1" } };
const command = { worker: "i-1", service: "service-a", replicas: 4, fence: 1234 };

/** Runs a command whose polls are answered in turn; the last answer repeats. */
async function run(polls: unknown[], SendCommand: unknown = SENT, forMs = 200_000) {
  let next = 0;
  const clock = createFakeClock(0);
  const pollTimes: number[] = [];
  const aws = createFakeAws({
    SendCommand,
    GetCommandInvocation: () => {
      pollTimes.push(clock.nowMs());
      return polls[Math.min(next++, polls.length - 1)];
    },
  });
  let outcome: Outcome | undefined;
  const replicas = createSsmReplicas({ client: aws.client, clock, document: "fleet-scale" });
  void replicas.setReplicas(command).then((ended) => {
    outcome = ended;
  });
  await clock.advance(forMs);
  return { outcome, pollTimes, calls: aws.calls };
}

test("the command names one worker, carries strings and a fence, and must start in 30 s", async () => {
  const { calls, outcome } = await run([{ Status: "Success" }]);
  expect(calls[0]?.input).toEqual({
    DocumentName: "fleet-scale",
    InstanceIds: ["i-1"],
    TimeoutSeconds: 30,
    Parameters: { service: ["service-a"], replicas: ["4"], fence: ["1234"] },
  });
  expect(outcome).toEqual({ status: "applied" });
});

test("polls back off from 1 to 4 s", async () => {
  const { pollTimes } = await run([{ Status: "InProgress" }], SENT, 16_000);
  expect(pollTimes).toEqual([1000, 2000, 3000, 5000, 7000, 11_000, 15_000]);
});

describe("ends", () => {
  const pending = { Status: "Pending" };
  test.each([
    [
      "success",
      [pending, { Status: "Delayed" }, { Status: "InProgress" }, { Status: "Success" }],
      { status: "applied" },
    ],
    ["not existing yet is pending", [awsError("InvocationDoesNotExist"), { Status: "Success" }], { status: "applied" }],
    ["not existing for 10 s is a failure", [awsError("InvocationDoesNotExist")], { status: "failed", retryable: true }],
    ["throttled polls go on", [awsError("ThrottlingException"), { Status: "Success" }], { status: "applied" }],
    ["forbidden polls end the wait", [awsError("AccessDeniedException")], { status: "failed" }],
    ["a timeout may be retried", [{ Status: "TimedOut" }], { status: "failed", retryable: true }],
    [
      "cancelling is not the end",
      [{ Status: "Cancelling" }, { Status: "Cancelled" }],
      { status: "failed", retryable: true },
    ],
    [
      "an unknown service stays wrong",
      [{ Status: "Failed", ResponseCode: 64, StandardErrorContent: "unknown service" }],
      { status: "failed", retryable: false, reason: "scale.sh ended with 64: unknown service" },
    ],
    ["outside bounds stays wrong", [{ Status: "Failed", ResponseCode: 65 }], { status: "failed", retryable: false }],
    ["an old fence is nothing to do", [{ Status: "Failed", ResponseCode: 66 }], { status: "skipped" }],
    ["any other exit may be retried", [{ Status: "Failed", ResponseCode: 1 }], { status: "failed", retryable: true }],
    ...[
      ["Failed", "Undeliverable", /^scale.sh on i-1: SSM cannot deliver the command: .*\(Undeliverable\)$/],
      ["TimedOut", "Delivery Timed Out", /could not deliver the command within 30 s.*\(DeliveryTimedOut\)$/],
      ["TimedOut", "DeliveryTimedOut", /could not deliver the command within 30 s/],
      ["TimedOut", "ExecutionTimedOut", /had not ended within the document's time limit/],
      ["TimedOut", undefined, /in time \(TimedOut\)$/],
      ["Cancelled", "Cancelled", /somebody cancelled/],
      ["Cancelled", "Terminated", /SSM ended the command/],
      ["Failed", "Terminated", /SSM ended the command/],
      ["Failed", "SomethingNew", /no script has ended \(SomethingNew\)$/],
    ].map(([Status, StatusDetails, reason]): [string, unknown[], object] => [
      `${Status} as ${StatusDetails} is named as what it is, and may be retried`,
      [{ Status, StatusDetails, ResponseCode: -1 }],
      { status: "failed", retryable: true, reason: expect.stringMatching(reason as RegExp) },
    ]),
    [
      "what a script wrote is cut at a character",
      [{ Status: "Failed", StatusDetails: "Failed", ResponseCode: 1, StandardErrorContent: `${"😀".repeat(200)}x` }],
      { reason: `scale.sh ended with 1: ${"😀".repeat(149)}x` },
    ],
    [
      "never ending is a failure",
      [pending],
      { status: "failed", retryable: true, reason: "the command has not ended after 160 s" },
    ],
  ])("%s", async (_rule, polls, outcome) => {
    expect((await run(polls)).outcome).toMatchObject(outcome);
  });

  test.each([
    ["a booting worker is not managed yet", awsError("InvalidInstanceId"), { status: "failed", retryable: true }],
    ["a missing document stays missing", awsError("InvalidDocument"), { status: "failed", retryable: false }],
  ])("%s", async (_rule, error, outcome) => {
    expect((await run([], error)).outcome).toMatchObject(outcome);
  });
});
