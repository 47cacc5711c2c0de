import { expect, test } from "vitest";
import { groupActivities } from "./group-activities.ts";

test("activities of all pages name the workers that they are about, with AWS's words", async () => {
  const pages = [
    [
      {
        StartTime: new Date(2000),
        Description: "Terminating EC2 instance: i-0123456789abcdef0",
        Cause: "unhealthy",
        StatusCode: "Successful",
      },
    ],
    [
      {
        StartTime: new Date(1000),
        Description: "Launching a new EC2 instance",
        StatusCode: "Failed",
        StatusMessage: "no capacity",
      },
    ],
  ];
  const send = async ({ input }: { input: { NextToken?: string } }) => {
    const index = Number(input.NextToken ?? 0);
    return { Activities: pages[index], ...(index === 0 ? { NextToken: "1" } : {}) };
  };
  expect(await groupActivities({ send } as never, "group")).toEqual([
    {
      atMs: 2000,
      description: "Terminating EC2 instance: i-0123456789abcdef0",
      cause: "unhealthy",
      status: "Successful",
      workers: ["i-0123456789abcdef0"],
    },
    { atMs: 1000, description: "Launching a new EC2 instance", cause: "no capacity", status: "Failed", workers: [] },
  ]);
});
