import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  CreateDeploymentCommand,
  GetApplicationCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  GetDeploymentTargetCommand,
  ListApplicationRevisionsCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  RegisterApplicationRevisionCommand,
} from "@aws-sdk/client-codedeploy";
import { describe, expect, test, vi } from "vitest";
import { BUCKET, GROUP, RELEASES } from "../../../test/sdk-under-test.ts";
import { withFront } from "../../../test/with-front.ts";

const given = withFront("test");
const revision = (name: string) => ({
  revisionType: "S3" as const,
  s3Location: { bucket: BUCKET, key: `workers/${name}.tgz`, bundleType: "tgz" as const },
});
const { applicationName } = RELEASES;

async function deploy(name: string): Promise<string> {
  await vi.waitFor(() => expect(given.front.workers.group().instances[0]?.state).toBe("in-service"), 15_000);
  const { deploymentId = "" } = await given.sdk.codedeploy.send(
    new CreateDeploymentCommand({ ...RELEASES, revision: revision(name), description: `${name} by test` }),
  );
  await vi.waitFor(async () => expect((await read(deploymentId))?.status).toMatch(/Succeeded|Failed/), 15_000);
  return deploymentId;
}
const read = async (deploymentId: string) =>
  (await given.sdk.codedeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo;

describe("a deployment", () => {
  test("says who, what and when; times are times", async () => {
    const id = await deploy("good");
    expect(await read(id)).toMatchObject({
      ...RELEASES,
      deploymentId: id,
      status: "Succeeded",
      creator: "user",
      description: "good by test",
      revision: revision("good"),
      createTime: expect.any(Date),
      completeTime: expect.any(Date),
      deploymentOverview: { Succeeded: 1, Failed: 0, Pending: 0 },
      deploymentStyle: { deploymentType: "IN_PLACE" },
    });
    const { deploymentsInfo } = await given.sdk.codedeploy.send(
      new BatchGetDeploymentsCommand({ deploymentIds: [id] }),
    );
    expect(deploymentsInfo?.[0]?.deploymentId).toBe(id);
  });

  test("tells the events of each instance, with the failing script's words, and leads to a rollback", async () => {
    const good = await deploy("good");
    const bad = await deploy("bad");
    const { targetIds = [] } = await given.sdk.codedeploy.send(new ListDeploymentTargetsCommand({ deploymentId: bad }));
    const { deploymentTargets } = await given.sdk.codedeploy.send(
      new BatchGetDeploymentTargetsCommand({ deploymentId: bad, targetIds }),
    );
    const [target] = deploymentTargets ?? [];
    expect(target).toMatchObject({
      deploymentTargetType: "InstanceTarget",
      instanceTarget: { status: "Failed", targetId: targetIds[0] },
    });
    expect(target?.instanceTarget?.lifecycleEvents?.find((each) => each.status === "Failed")).toMatchObject({
      lifecycleEventName: "ApplicationStart",
      startTime: expect.any(Date),
      diagnostics: { errorCode: "ScriptFailed", scriptName: "hooks/start.sh", logTail: "[stderr]no\n" },
    });
    const one = await given.sdk.codedeploy.send(
      new GetDeploymentTargetCommand({ deploymentId: bad, targetId: targetIds[0] }),
    );
    expect(one.deploymentTarget).toEqual(target);
    const info = await read(bad);
    expect(info).toMatchObject({
      status: "Failed",
      errorInformation: { code: "HEALTH_CONSTRAINTS" },
      previousRevision: revision("good"),
    });
    const rollback = await read(info?.rollbackInfo?.rollbackDeploymentId ?? "");
    expect(rollback).toMatchObject({
      creator: "codeDeployRollback",
      revision: revision("good"),
      rollbackInfo: { rollbackTriggeringDeploymentId: bad },
    });
    const listed = await given.sdk.codedeploy.send(new ListDeploymentsCommand({ ...RELEASES }));
    expect(listed.deployments).toEqual([rollback?.deploymentId, bad, good]);
  });
});

test("deployments are found by status and by when they began", async () => {
  const id = await deploy("good");
  const list = async (more: object) =>
    (await given.sdk.codedeploy.send(new ListDeploymentsCommand({ ...RELEASES, ...more }))).deployments;
  expect(await list({ includeOnlyStatuses: ["Created", "Queued", "InProgress"] })).toEqual([]);
  expect(await list({ includeOnlyStatuses: ["Succeeded"] })).toEqual([id]);
  expect(await list({ createTimeRange: { start: new Date(Date.now() + 60_000) } })).toEqual([]);
  expect(await list({ createTimeRange: { start: new Date(Date.now() - 60_000) } })).toEqual([id]);
});

test("the group names its Auto Scaling group, its habits and what succeeded last", async () => {
  const id = await deploy("good");
  const { deploymentGroupInfo } = await given.sdk.codedeploy.send(new GetDeploymentGroupCommand(RELEASES));
  expect(deploymentGroupInfo).toMatchObject({
    ...RELEASES,
    autoScalingGroups: [{ name: GROUP }],
    targetRevision: revision("good"),
    deploymentConfigName: "CodeDeployDefault.OneAtATime",
    outdatedInstancesStrategy: "UPDATE",
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
    lastSuccessfulDeployment: { deploymentId: id, status: "Succeeded" },
  });
  const { application } = await given.sdk.codedeploy.send(new GetApplicationCommand({ applicationName }));
  expect(application).toMatchObject({ applicationName, computePlatform: "Server" });
});

test("revisions are listed in the order in which they were made known", async () => {
  await given.sdk.codedeploy.send(
    new RegisterApplicationRevisionCommand({ applicationName, revision: revision("first") }),
  );
  await deploy("second");
  const list = async (more: object) =>
    (await given.sdk.codedeploy.send(new ListApplicationRevisionsCommand({ applicationName, ...more }))).revisions?.map(
      ({ s3Location }) => s3Location?.key,
    );
  expect(await list({ sortOrder: "descending" })).toEqual(["workers/second.tgz", "workers/first.tgz"]);
  expect(await list({ deployed: "include" })).toEqual(["workers/second.tgz"]);
  expect(await list({ s3KeyPrefix: "monitoring/" })).toEqual([]);
});
