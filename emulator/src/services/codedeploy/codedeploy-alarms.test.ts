import {
  type AlarmConfiguration,
  CreateDeploymentCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  ListDeploymentTargetsCommand,
  UpdateDeploymentGroupCommand,
} from "@aws-sdk/client-codedeploy";
import { beforeEach, expect, test, vi } from "vitest";
import { BUCKET, RELEASES } from "../../../test/sdk-under-test.ts";
import { withFront } from "../../../test/with-front.ts";

const given = withFront("test");
const { applicationName, deploymentGroupName } = RELEASES;
const alarms = (...names: string[]): AlarmConfiguration => ({
  enabled: true,
  ignorePollAlarmFailure: false,
  alarms: names.map((name) => ({ name })),
});
const update = (
  alarmConfiguration: AlarmConfiguration,
  events: ("DEPLOYMENT_STOP_ON_ALARM" | "DEPLOYMENT_FAILURE")[],
) =>
  given.sdk.codedeploy.send(
    new UpdateDeploymentGroupCommand({
      applicationName,
      currentDeploymentGroupName: deploymentGroupName,
      alarmConfiguration,
      autoRollbackConfiguration: { enabled: true, events },
    }),
  );
const create = (name: string, overrideAlarmConfiguration?: AlarmConfiguration) =>
  given.sdk.codedeploy.send(
    new CreateDeploymentCommand({
      ...RELEASES,
      revision: { revisionType: "S3", s3Location: { bucket: BUCKET, key: `workers/${name}.tgz`, bundleType: "tgz" } },
      overrideAlarmConfiguration,
    }),
  );

/** Deploys, and waits for the end. */
async function deploy(name: string, override?: AlarmConfiguration): Promise<DeploymentInfo> {
  const { deploymentId = "" } = await create(name, override);
  let info: DeploymentInfo | undefined;
  await vi.waitFor(async () => {
    info = (await given.sdk.codedeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo;
    expect(info?.status).toMatch(/Succeeded|Failed|Stopped/);
  }, 15_000);
  return info ?? {};
}

beforeEach(() => vi.waitFor(() => expect(given.front.workers.group().instances[0]?.state).toBe("in-service"), 15_000));

test("the group says which alarms it goes by", async () => {
  const read = async () =>
    (await given.sdk.codedeploy.send(new GetDeploymentGroupCommand(RELEASES))).deploymentGroupInfo;
  expect(await read()).toMatchObject({ alarmConfiguration: { enabled: false, alarms: [] } });
  await update(alarms("errors"), ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]);
  expect(await read()).toMatchObject({
    alarmConfiguration: alarms("errors"),
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] },
  });
});

test("an alarm that is active before the start stops it before anything happens", async () => {
  given.front.disturbances.alarmStates.set("errors", "ALARM").set("latency", "OK");
  await update(alarms("latency", "errors"), ["DEPLOYMENT_FAILURE"]);
  const info = await deploy("good");
  expect(info).toMatchObject({
    status: "Stopped",
    errorInformation: { code: "ALARM_ACTIVE", message: expect.stringMatching(/Activated alarms: <errors>$/) },
    deploymentOverview: { Skipped: 1, Succeeded: 0, Failed: 0 },
  });
  expect(info.startTime).toBeUndefined();
  const { deploymentId } = info;
  await expect(given.sdk.codedeploy.send(new ListDeploymentTargetsCommand({ deploymentId }))).rejects.toMatchObject({
    name: "DeploymentNotStartedException",
  });
});

test.each([
  ["that has no data yet", "INSUFFICIENT_DATA"],
  ["that is over", "OK"],
] as const)("an alarm %s stops nothing", async (_rule, state) => {
  given.front.disturbances.alarmStates.set("errors", state);
  await update(alarms("errors"), ["DEPLOYMENT_FAILURE"]);
  expect(await deploy("good")).toMatchObject({ status: "Succeeded" });
});

test("a deployment may go by others, or by none", async () => {
  given.front.disturbances.alarmStates.set("errors", "ALARM").set("latency", "OK");
  await update(alarms("errors"), ["DEPLOYMENT_FAILURE"]);
  const none = { enabled: false, ignorePollAlarmFailure: false, alarms: [] };
  expect(await deploy("good", none)).toMatchObject({ status: "Succeeded", overrideAlarmConfiguration: none });
  expect(await deploy("good", alarms("latency"))).toMatchObject({ status: "Succeeded" });
  await update(none, ["DEPLOYMENT_FAILURE"]);
  expect(await deploy("good", alarms("errors"))).toMatchObject({ errorInformation: { code: "ALARM_ACTIVE" } });
});

test("it goes back where the group asks for it", async () => {
  const good = await deploy("good");
  given.front.disturbances.alarmStates.set("errors", "ALARM");
  await update(alarms("errors"), ["DEPLOYMENT_STOP_ON_ALARM"]);
  const { deploymentId = "", rollbackInfo } = await deploy("next");
  const back = (
    await given.sdk.codedeploy.send(new GetDeploymentCommand({ deploymentId: rollbackInfo?.rollbackDeploymentId }))
  ).deploymentInfo;
  expect(back).toMatchObject({
    creator: "codeDeployRollback",
    revision: good.revision,
    rollbackInfo: { rollbackTriggeringDeploymentId: deploymentId },
  });
});

test.each([
  ["stops it", false, "Stopped"],
  ["is passed over where that is asked for", true, "Succeeded"],
])("what CloudWatch does not say %s", async (_rule, ignorePollAlarmFailure, status) => {
  given.front.disturbances.alarmsUnreadable = true;
  given.front.disturbances.alarmStates.set("errors", "OK");
  await update({ ...alarms("errors"), ignorePollAlarmFailure }, ["DEPLOYMENT_FAILURE"]);
  expect(await deploy("good")).toMatchObject({ status });
});

test.each<[string, AlarmConfiguration, string]>([
  ["no list", { enabled: true }, "InvalidAlarmConfigException"],
  ["none, switched on", alarms(), "InvalidAlarmConfigException"],
  ["one without a name", alarms(""), "InvalidAlarmConfigException"],
  ["a name of 256 characters", alarms("x".repeat(256)), "InvalidAlarmConfigException"],
  ["one twice", alarms("a", "a"), "InvalidAlarmConfigException"],
  ["eleven", alarms(...Array.from({ length: 11 }, (_, i) => `a${i}`)), "AlarmsLimitExceededException"],
])("alarms that are refused: %s", async (_rule, configuration, name) => {
  await expect(update(configuration, ["DEPLOYMENT_FAILURE"])).rejects.toMatchObject({ name });
  await expect(create("good", configuration)).rejects.toMatchObject({ name });
});

test("ten alarms are taken", async () => {
  const ten = alarms(...Array.from({ length: 10 }, (_, i) => `a${i}`));
  for (const { name = "" } of ten.alarms ?? []) given.front.disturbances.alarmStates.set(name, "OK");
  await update(ten, ["DEPLOYMENT_FAILURE"]);
  expect(await deploy("good")).toMatchObject({ status: "Succeeded" });
});

test("what cannot be changed about a group here is refused, and nothing changes", async () => {
  await expect(
    given.sdk.codedeploy.send(
      new UpdateDeploymentGroupCommand({
        applicationName,
        currentDeploymentGroupName: deploymentGroupName,
        alarmConfiguration: alarms("errors"),
        newDeploymentGroupName: "others",
      }),
    ),
  ).rejects.toMatchObject({ name: "ValidationException" });
  expect(given.front.deployments.group().alarms.enabled).toBe(false);
});
