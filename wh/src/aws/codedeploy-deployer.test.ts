import { expect, test } from "vitest";
import { DeployerBusyError } from "../releases/ports.ts";
import { awsError, createFakeAws } from "../test-support/fake-aws.ts";
import { createCodeDeployDeployer } from "./codedeploy-deployer.ts";

const deployerOf = (answers: Record<string, unknown>) => {
  const aws = createFakeAws(answers);
  return { aws, deployer: createCodeDeployDeployer({ client: aws.client, application: "releases", group: "workers" }) };
};
const revision = (key: string) => ({ revisionType: "S3", s3Location: { bucket: "b", key, bundleType: "tgz" } });

test("the group says where revisions lie, and which was last deployed, with success and at all", async () => {
  const { deployer } = deployerOf({
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
  expect(await deployer.now()).toEqual({
    bucket: "b",
    succeeded: { key: "workers/a.tgz", deployment: "d-1" },
    attempted: { key: "workers/b.tgz", deployment: "d-2" },
  });
});

test("before the first release it says nothing", async () => {
  expect(await deployerOf({ GetDeploymentGroup: { deploymentGroupInfo: {} } }).deployer.now()).toEqual({});
});

test("a deployment is of a revision in the bucket, to the workers' group", async () => {
  const { aws, deployer } = deployerOf({ CreateDeployment: { deploymentId: "d-1" } });
  expect(await deployer.begin({ bucket: "b", key: "workers/a.tgz", description: "a by pull" })).toBe("d-1");
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
    deployerOf({ CreateDeployment: error }).deployer.begin({ bucket: "b", key: "k", description: "" });
  await expect(begin(awsError("DeploymentLimitExceededException", "d-9 is active"))).rejects.toThrow(DeployerBusyError);
  await expect(begin(awsError("AccessDeniedException"))).rejects.not.toThrow(DeployerBusyError);
});

test("targets are read page by page, and an ARN is an instance's id", async () => {
  const { aws, deployer } = deployerOf({
    GetDeployment: { deploymentInfo: { status: "InProgress" } },
    ListDeploymentTargets: ({ nextToken }: { nextToken?: string }) =>
      nextToken === undefined ? { targetIds: ["i-1"], nextToken: "more" } : { targetIds: ["i-2"] },
    BatchGetDeploymentTargets: ({ targetIds }: { targetIds: string[] }) => ({
      deploymentTargets: targetIds.map((id) => ({
        instanceTarget: { targetId: `arn:aws:ec2:eu-central-1:1:instance/${id}`, status: "Pending" },
      })),
    }),
  });
  expect(await deployer.read("d-1")).toEqual({
    deployment: { status: "InProgress" },
    targets: [
      { targetId: "i-1", status: "Pending" },
      { targetId: "i-2", status: "Pending" },
    ],
  });
  expect(aws.calls).toHaveLength(5);
});

test("one that has not started has no targets yet", async () => {
  const { deployer } = deployerOf({
    GetDeployment: { deploymentInfo: { status: "Created" } },
    ListDeploymentTargets: awsError("DeploymentNotStartedException"),
  });
  expect(await deployer.read("d-1")).toEqual({ deployment: { status: "Created" }, targets: [] });
});

test("one that CodeDeploy does not know is no deployment, and one that has ended is stopped already", async () => {
  const unknown = deployerOf({ GetDeployment: awsError("DeploymentDoesNotExistException") });
  expect(await unknown.deployer.read("d-1")).toBeUndefined();
  const ended = deployerOf({ StopDeployment: awsError("DeploymentAlreadyCompletedException") });
  await ended.deployer.stop("d-1");
  expect(ended.aws.calls[0]?.input).toEqual({ deploymentId: "d-1", autoRollbackEnabled: false });
});
