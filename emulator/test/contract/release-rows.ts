import {
  type AlarmConfiguration,
  BatchGetDeploymentsCommand,
  CreateDeploymentCommand,
  GetApplicationCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
  UpdateDeploymentGroupCommand,
} from "@aws-sdk/client-codedeploy";
import { DescribeImagesCommand, DescribeRepositoriesCommand, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { BUCKET, RELEASES, REPOSITORY, type SdkClients } from "../sdk-under-test.ts";
import type { ContractRow } from "./row.ts";

const NO_DEPLOYMENT = "d-000000000";
const UNKNOWN_TO_MOTO = "answers with an HTML error page: it does not know the action";
const revision = {
  revisionType: "S3" as const,
  s3Location: { bucket: BUCKET, key: "workers/1.tgz", bundleType: "tgz" as const },
};
const object = { Bucket: BUCKET, Key: "contract/once" };
const put = (sdk: SdkClients) => sdk.s3.send(new PutObjectCommand({ ...object, Body: "one", IfNoneMatch: "*" }));
const changeAlarms = (sdk: SdkClients, alarmConfiguration: AlarmConfiguration) =>
  sdk.codedeploy.send(
    new UpdateDeploymentGroupCommand({
      applicationName: RELEASES.applicationName,
      currentDeploymentGroupName: RELEASES.deploymentGroupName,
      alarmConfiguration,
    }),
  );

/** What is asked of CodeDeploy, S3, ECR and STS. */
export const RELEASE_ROWS: readonly ContractRow[] = [
  {
    rule: "an application is found by its name",
    ask: (sdk) => sdk.codedeploy.send(new GetApplicationCommand({ applicationName: RELEASES.applicationName })),
    answer: { application: { applicationName: RELEASES.applicationName, computePlatform: "Server" } },
    moto: "writes its time as text, which the SDK refuses",
  },
  {
    rule: "an application nobody has does not exist",
    ask: (sdk) => sdk.codedeploy.send(new GetApplicationCommand({ applicationName: "none" })),
    answer: { error: "ApplicationDoesNotExistException" },
  },
  {
    rule: "a deployment group nobody has does not exist",
    ask: (sdk) => sdk.codedeploy.send(new GetDeploymentGroupCommand({ ...RELEASES, deploymentGroupName: "none" })),
    answer: { error: "DeploymentGroupDoesNotExistException" },
  },
  {
    rule: "no deployment to a group nobody has",
    ask: (sdk) =>
      sdk.codedeploy.send(new CreateDeploymentCommand({ ...RELEASES, deploymentGroupName: "none", revision })),
    answer: { error: "DeploymentGroupDoesNotExistException" },
  },
  {
    rule: "a deployment nobody has does not exist",
    ask: (sdk) => sdk.codedeploy.send(new GetDeploymentCommand({ deploymentId: NO_DEPLOYMENT })),
    answer: { error: "DeploymentDoesNotExistException" },
  },
  {
    rule: "several deployments at once leave out those nobody has",
    ask: (sdk) => sdk.codedeploy.send(new BatchGetDeploymentsCommand({ deploymentIds: [NO_DEPLOYMENT] })),
    answer: { deploymentsInfo: [] },
  },
  {
    rule: "the instances of a deployment nobody has cannot be listed",
    ask: (sdk) => sdk.codedeploy.send(new ListDeploymentTargetsCommand({ deploymentId: NO_DEPLOYMENT })),
    answer: { error: "DeploymentDoesNotExistException" },
    moto: UNKNOWN_TO_MOTO,
  },
  {
    rule: "a deployment nobody has cannot be stopped",
    ask: (sdk) => sdk.codedeploy.send(new StopDeploymentCommand({ deploymentId: NO_DEPLOYMENT })),
    answer: { error: "DeploymentDoesNotExistException" },
    moto: UNKNOWN_TO_MOTO,
  },
  {
    rule: "a deployment group nobody has cannot be changed",
    ask: (sdk) =>
      sdk.codedeploy.send(
        new UpdateDeploymentGroupCommand({
          applicationName: RELEASES.applicationName,
          currentDeploymentGroupName: "none",
        }),
      ),
    answer: { error: "DeploymentGroupDoesNotExistException" },
    moto: UNKNOWN_TO_MOTO,
  },
  {
    rule: "a deployment group takes ten alarms and no more",
    ask: (sdk) =>
      changeAlarms(sdk, { enabled: true, alarms: Array.from({ length: 11 }, (_, i) => ({ name: `a${i}` })) }),
    answer: { error: "AlarmsLimitExceededException" },
    moto: UNKNOWN_TO_MOTO,
  },
  {
    rule: "alarms that are switched on have a name",
    ask: (sdk) => changeAlarms(sdk, { enabled: true, alarms: [] }),
    answer: { error: "InvalidAlarmConfigException" },
    moto: UNKNOWN_TO_MOTO,
  },
  {
    rule: "a deployment goes by alarms that are right, or does not begin",
    ask: (sdk) =>
      sdk.codedeploy.send(
        new CreateDeploymentCommand({
          ...RELEASES,
          revision,
          overrideAlarmConfiguration: { enabled: true, alarms: [{ name: "a" }, { name: "a" }] },
        }),
      ),
    answer: { error: "InvalidAlarmConfigException" },
    moto: "takes any alarms",
  },
  {
    rule: "a deployment begins and is listed",
    ask: async (sdk) => {
      const { deploymentId } = await sdk.codedeploy.send(new CreateDeploymentCommand({ ...RELEASES, revision }));
      const { deployments = [] } = await sdk.codedeploy.send(new ListDeploymentsCommand(RELEASES));
      return { isListed: deployments.includes(deploymentId ?? "") };
    },
    answer: { isListed: true },
  },
  {
    rule: "a second deployment is refused while one goes on",
    ask: async (sdk) => {
      await sdk.codedeploy.send(new CreateDeploymentCommand({ ...RELEASES, revision }));
      return sdk.codedeploy.send(new CreateDeploymentCommand({ ...RELEASES, revision }));
    },
    answer: { error: "DeploymentLimitExceededException" },
    moto: "takes any number",
  },
  {
    rule: "an object is put where there is none",
    ask: (sdk) => put(sdk),
    // The MD5 of what was put.
    answer: { ETag: '"f97c5d29941bfb1b2fdab0874906ab82"' },
  },
  {
    rule: "an object is not replaced by who asked for that",
    ask: (sdk) => put(sdk),
    answer: { error: "PreconditionFailed" },
  },
  {
    rule: "an object nobody has cannot be read",
    ask: (sdk) => sdk.s3.send(new GetObjectCommand({ ...object, Key: "none" })),
    answer: { error: "NoSuchKey" },
  },
  {
    rule: "an object nobody has has no head",
    ask: (sdk) => sdk.s3.send(new HeadObjectCommand({ ...object, Key: "none" })),
    answer: { error: "NotFound" },
  },
  {
    rule: "a bucket nobody has cannot be listed",
    ask: (sdk) => sdk.s3.send(new ListObjectsV2Command({ Bucket: "fleet-nobody-has-this" })),
    answer: { error: "NoSuchBucket" },
  },
  {
    rule: "a repository is found by its name",
    ask: (sdk) => sdk.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [REPOSITORY] })),
    answer: { repositories: [{ repositoryName: REPOSITORY }] },
  },
  {
    rule: "a repository nobody has is not found",
    ask: (sdk) => sdk.ecr.send(new DescribeImagesCommand({ repositoryName: "none" })),
    answer: { error: "RepositoryNotFoundException" },
  },
  {
    rule: "an image nobody pushed is not found",
    ask: (sdk) =>
      sdk.ecr.send(new DescribeImagesCommand({ repositoryName: REPOSITORY, imageIds: [{ imageTag: "none" }] })),
    answer: { error: "ImageNotFoundException" },
  },
  {
    rule: "the registry's user is AWS",
    ask: async (sdk) => {
      const { authorizationData: [data] = [] } = await sdk.ecr.send(new GetAuthorizationTokenCommand({}));
      const [user] = Buffer.from(data?.authorizationToken ?? "", "base64")
        .toString()
        .split(":");
      return { user, isWeb: /^https?:\/\//.test(data?.proxyEndpoint ?? "") };
    },
    answer: { user: "AWS", isWeb: true },
  },
  {
    rule: "who one is says the account",
    ask: async (sdk) => {
      const { Account = "", Arn = "" } = await sdk.sts.send(new GetCallerIdentityCommand({}));
      return { digits: /^\d{12}$/.test(Account), isOfIt: Arn.includes(Account) };
    },
    answer: { digits: true, isOfIt: true },
  },
];
