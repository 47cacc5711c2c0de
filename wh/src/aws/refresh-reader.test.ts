import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createRefreshReader } from "./refresh-reader.ts";

const readerOf = (DescribeInstanceRefreshes: unknown) => {
  const aws = createFakeAws({ DescribeInstanceRefreshes });
  const clock = createFakeClock(0);
  return { aws, clock, read: createRefreshReader({ client: aws.client, clock, groupName: "workers" }) };
};
const refreshes = (...statuses: string[]) => ({
  InstanceRefreshes: statuses.map((Status, index) => ({ InstanceRefreshId: `r-${index}`, Status })),
});

test.each([
  ["no refresh ever", {}, undefined],
  ["ended ones do not count", refreshes("Successful", "Cancelled", "RollbackFailed"), undefined],
  ["a running one", refreshes("InProgress", "Successful"), "the instance refresh r-0"],
  ["one that is waiting to begin", refreshes("Pending"), "the instance refresh r-0"],
  ["one that is being cancelled", refreshes("Cancelling"), "the instance refresh r-0"],
  ["one that rolls back", refreshes("RollbackInProgress"), "the instance refresh r-0"],
  ["in doubt there is one", awsError("AccessDenied"), "perhaps an instance refresh (AccessDenied: refused)"],
])("%s", async (_rule, answer, expected) => {
  expect((await readerOf(answer).read()).busyWith).toBe(expected);
});

test("AWS is asked every 15 s, however often the group is read", async () => {
  const { aws, clock, read } = readerOf(refreshes("InProgress"));
  await read();
  await clock.advance(14_000);
  expect(await read()).toEqual({ busyWith: "the instance refresh r-0" });
  expect(aws.calls).toHaveLength(1);
  await clock.advance(1_000);
  await read();
  expect(aws.calls).toHaveLength(2);
});
