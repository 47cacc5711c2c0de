import { DeploymentActiveError, UnknownDeploymentError } from "@compose-fleet/releases";
import { expect, test } from "vitest";
import { createCodeDeployDeployments } from "./codedeploy-deployments.ts";
import { awsError, createFakeAws } from "./fake-aws.ts";

const deploymentsOf = (answers: Record<string, unknown>) => {
  const aws = createFakeAws(answers);
  return { aws, deployments: createCodeDeployDeployments({ client: aws.client, application: "releases" }) };
};
const revision = (key: string) => ({ revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "tgz" } });

test("the group says where revisions lie, and which was last deployed, with success and at all", async () => {
  const { deployments } = deploymentsOf({
    GetDeploymentGroup: {
      deploymentGroupInfo: {
        targetRevision: revision("workers/a.tgz"),
        lastSuccessfulDeployment: { deploymentId: "d-1" },
        lastAttemptedDeployment: { deploymentId: "d-2" },
      },
    },
    GetDeployment: ({ deploymentId }: { deploymentId: string }) => ({
      deploymentInfo: { revision: revision(deploymentId === "d-1" ? "workers/a.tgz" : "workers/b.tgz") },
    }),
  });
  expect(await deployments.now("workers")).toEqual({
    bucket: "b",
    succeeded: { key: "workers/a.tgz", deployment: "d-1" },
    attempted: { key: "workers/b.tgz", deployment: "d-2" },
  });
});

test("before the first release it says nothing", async () => {
  expect(await deploymentsOf({ GetDeploymentGroup: { deploymentGroupInfo: {} } }).deployments.now("workers")).toEqual(
    {},
  );
});

test("a deployment is of a revision in the bucket, to the workers' group", async () => {
  const { aws, deployments } = deploymentsOf({ CreateDeployment: { deploymentId: "d-1" } });
  expect(
    await deployments.create({
      kind: "workers",
      location: { bucket: "b", key: "workers/a.tgz" },
      description: "a by pull",
    }),
  ).toBe("d-1");
  expect(aws.calls[0]?.input).toEqual({
    applicationName: "releases",
    deploymentGroupName: "workers",
    revision: revision("workers/a.tgz"),
    description: "a by pull",
    fileExistsBehavior: "OVERWRITE",
  });
});

test("another deployment under way is told from other refusals", async () => {
  const begin = (error: Error) =>
    deploymentsOf({ CreateDeployment: error }).deployments.create({
      kind: "workers",
      location: { bucket: "b", key: "k" },
      description: "",
    });
  await expect(begin(awsError("DeploymentLimitExceededException", "d-9 is active"))).rejects.toThrow(
    DeploymentActiveError,
  );
  await expect(begin(awsError("AccessDeniedException"))).rejects.not.toThrow(DeploymentActiveError);
});

test("targets are read page by page, and an ARN is an instance's id", async () => {
  const { aws, deployments } = deploymentsOf({
    ListDeploymentTargets: ({ nextToken }: { nextToken?: string }) =>
      nextToken === undefined ? { targetIds: ["i-1"], nextToken: "more" } : { targetIds: ["i-2"] },
    BatchGetDeploymentTargets: ({ targetIds }: { targetIds: string[] }) => ({
      deploymentTargets: targetIds.map((id) => ({
        instanceTarget: { targetId: `arn:aws:ec2:eu-central-1:1:instance/${id}`, status: "Pending" },
      })),
    }),
  });
  expect(await deployments.targets("d-1")).toEqual([
    { targetId: "i-1", status: "Pending" },
    { targetId: "i-2", status: "Pending" },
  ]);
  expect(aws.calls).toHaveLength(4);
});

test("one that has not started has no targets yet", async () => {
  const { deployments } = deploymentsOf({ ListDeploymentTargets: awsError("DeploymentNotStartedException") });
  expect(await deployments.targets("d-1")).toEqual([]);
});

test("one that CodeDeploy does not know is no deployment, and one that has ended is stopped already", async () => {
  const error = awsError("DeploymentDoesNotExistException");
  const unknown = deploymentsOf({ GetDeployment: error, ListDeploymentTargets: error });
  await expect(unknown.deployments.read("d-1")).rejects.toThrow(UnknownDeploymentError);
  await expect(unknown.deployments.targets("d-1")).rejects.toThrow(UnknownDeploymentError);
  const ended = deploymentsOf({ StopDeployment: awsError("DeploymentAlreadyCompletedException") });
  await ended.deployments.stop("d-1");
  expect(ended.aws.calls[0]?.input).toEqual({ deploymentId: "d-1", autoRollbackEnabled: false });
});
