import { createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { expect, test } from "vitest";
import type { Outcome } from "../act/outcome.ts";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createSsmDrain } from "./ssm-drain.ts";

test.each([
  ["a drain is started", true, { Status: "Success" }, "start", { status: "applied" }],
  ["a drain is cancelled", false, { Status: "Success" }, "cancel", { status: "applied" }],
  ["an old fence is nothing to do", true, { Status: "Failed", ResponseCode: 66 }, "start", { status: "skipped" }],
  [
    "a failure names the script",
    true,
    { Status: "Failed", ResponseCode: 1, StandardErrorContent: "disk full" },
    "start",
    { status: "failed", retryable: true, reason: "drain.sh ended with 1: disk full" },
  ],
])("%s", async (_rule, draining, answer, action, expected) => {
  const clock = createFakeClock(0);
  const aws = createFakeAws({ SendCommand: { Command: { CommandId: "c-1" } }, GetCommandInvocation: answer });
  let outcome: Outcome | undefined;
  const drains = createSsmDrain({ client: aws.client, clock, document: "fleet-drain" });
  void drains.setDraining({ worker: "i-1", draining, fence: 42 }).then((ended) => {
    outcome = ended;
  });
  await clock.advance(5000);
  expect(aws.calls[0]?.input).toMatchObject({
    DocumentName: "fleet-drain",
    InstanceIds: ["i-1"],
    Parameters: { action: [action], fence: ["42"] },
  });
  expect(outcome).toMatchObject(expected);
});
