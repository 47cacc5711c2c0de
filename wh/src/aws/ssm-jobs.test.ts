import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { expect, test } from "vitest";
import type { JobOrderEnd } from "../jobs/ports.ts";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createSsmJobs } from "./ssm-jobs.ts";

const failed = (ResponseCode: number, StandardErrorContent = "job.sh: why") => ({
  Status: "Failed",
  ResponseCode,
  StandardErrorContent,
});

async function run(answer: object, SendCommand: unknown = { Command: { CommandId: "c-1" } }) {
  const clock = createFakeClock(0);
  const aws = createFakeAws({ SendCommand, GetCommandInvocation: answer });
  let end: JobOrderEnd | undefined;
  const order = { worker: "i-1", job: "migrate", run: "r.2", seconds: 60 };
  const revision = { bucket: "b", key: "workers/r.tgz" };
  void createSsmJobs({ client: aws.client, clock, document: "fleet-job" })
    .run({ ...order, revision })
    .then((ended) => {
      end = ended;
    });
  await clock.advance(1_400_000);
  return { end, input: aws.calls[0]?.input };
}

test("the worker is told which run of which revision, and how long it may take", async () => {
  expect((await run({ Status: "Success", StandardOutputContent: "migrate: done\n" })).input).toMatchObject({
    DocumentName: "fleet-job",
    InstanceIds: ["i-1"],
    Parameters: { job: ["migrate"], run: ["r.2"], revision: ["b/workers/r.tgz"], seconds: ["1260"] },
  });
});

test.each([
  [
    "done, with what it said",
    { Status: "Success", StandardOutputContent: "migrate: done\n" },
    { kind: "done", words: "migrate: done" },
  ],
  ["failed, with its last words", failed(1), { kind: "failed", words: "why" }],
  ["unknown to this revision", failed(64), { kind: "failed", words: "why" }],
  ["a worker that drains refuses", failed(69), { kind: "refused", reason: "why" }],
  ["busy is no end", failed(75), { kind: "unknown", reason: "why" }],
  ["nobody knows", failed(76), { kind: "lost", reason: "why" }],
  ["never delivered", { Status: "Failed", StatusDetails: "Undeliverable", ResponseCode: -1 }, { kind: "undelivered" }],
  [
    "not delivered in time",
    { Status: "TimedOut", StatusDetails: "Delivery Timed Out", ResponseCode: -1 },
    { kind: "undelivered" },
  ],
  ["stopped by SSM", { Status: "TimedOut", StatusDetails: "ExecutionTimedOut", ResponseCode: -1 }, { kind: "unknown" }],
  ["no end at all", { Status: "InProgress" }, { kind: "unknown" }],
])("%s", async (_rule, answer, expected) => {
  expect((await run(answer)).end).toMatchObject(expected);
});

test.each([
  ["SSM knows no such machine: nothing was sent", "InvalidInstanceId", "undelivered"],
  ["SSM does not answer: it may have been sent", "TimeoutError", "unknown"],
])("%s", async (_rule, name, kind) => {
  expect((await run({}, awsError(name))).end).toMatchObject({ kind });
});
