import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { describe, expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createDeploymentReader } from "./deployment-reader.ts";

const readerOf = (ListDeployments: unknown, BatchGetDeployments?: unknown) => {
  const aws = createFakeAws({ ListDeployments, BatchGetDeployments });
  const clock = createFakeClock(0);
  const read = createDeploymentReader({ client: aws.client, clock, application: "releases", group: "workers" });
  return { aws, clock, read };
};
const listed = { deployments: ["d-1", "d-2"] };
const infos = (...deploymentsInfo: object[]) => ({ deploymentsInfo });

test.each<[rule: string, list: unknown, infos: unknown, expected: string | undefined]>([
  ["no deployment is active", { deployments: [] }, undefined, undefined],
  [
    "a person's, by its description",
    listed,
    infos({ deploymentId: "d-1", creator: "user", description: "abc-123 by eva@desk" }),
    "the deployment d-1 (abc-123 by eva@desk)",
  ],
  [
    "a rollback that CodeDeploy began",
    listed,
    infos({ deploymentId: "d-2", creator: "codeDeployRollback" }),
    "the deployment d-2",
  ],
  [
    "a new instance gets its revision: no other worker is touched",
    listed,
    infos({ deploymentId: "d-1", creator: "autoscaling" }),
    undefined,
  ],
  [
    "beside that, a person's",
    listed,
    infos({ deploymentId: "d-1", creator: "autoscaling" }, { deploymentId: "d-2", creator: "user" }),
    "the deployment d-2",
  ],
  ["one that is over by the time it is asked for", listed, infos(), undefined],
  ["the fleet has no releases", awsError("ApplicationDoesNotExistException"), undefined, undefined],
  ["nor its group", awsError("DeploymentGroupDoesNotExistException"), undefined, undefined],
  [
    "in doubt there is one",
    awsError("AccessDeniedException"),
    undefined,
    "perhaps a deployment (AccessDeniedException: refused)",
  ],
  [
    "nor without its details",
    listed,
    awsError("ThrottlingException"),
    "perhaps a deployment (ThrottlingException: refused)",
  ],
])("%s", async (_rule, list, details, expected) => {
  expect((await readerOf(list, details).read()).busyWith).toBe(expected);
});

test("only the workers' group is asked for, every 5 s", async () => {
  const { aws, clock, read } = readerOf({ deployments: [] });
  await read();
  await clock.advance(4_999);
  await read();
  expect(aws.calls).toEqual([
    {
      name: "ListDeployments",
      input: {
        applicationName: "releases",
        deploymentGroupName: "workers",
        includeOnlyStatuses: ["Created", "Queued", "InProgress"],
      },
    },
  ]);
  await clock.advance(1);
  await read();
  expect(aws.calls).toHaveLength(2);
});

describe("a group that grew at once has a deployment of each new instance", () => {
  const PAGE = 100;
  /** CodeDeploy with `total` active deployments, all of new instances but number `persons`. */
  const many = (total: number, persons?: number) =>
    readerOf(
      ({ nextToken = "0" }: { nextToken?: string }) => {
        const start = Number(nextToken);
        const deployments = Array.from({ length: Math.min(PAGE, total - start) }, (_, index) => `d-${start + index}`);
        return { deployments, ...(start + PAGE < total && { nextToken: String(start + PAGE) }) };
      },
      ({ deploymentIds }: { deploymentIds: string[] }) => {
        if (deploymentIds.length > 25) throw awsError("BatchLimitExceededException");
        return infos(
          ...deploymentIds.map((deploymentId) => ({
            deploymentId,
            creator: deploymentId === `d-${persons}` ? "user" : "autoscaling",
          })),
        );
      },
    ).read();

  test.each([0, 24, 25, 99, 100, 129])("a person's is found as number %i", async (persons) => {
    expect((await many(130, persons)).busyWith).toBe(`the deployment d-${persons}`);
  });
  test("and none where there is none", async () => {
    expect((await many(130)).busyWith).toBeUndefined();
  });
  test("more than ten pages are in doubt", async () => {
    expect((await many(1001)).busyWith).toMatch(/^perhaps a deployment \(more than 10 pages/);
  });
});
