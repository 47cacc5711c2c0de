import { type FleetConfig, fleetNames, revisionBucketPrefix } from "@compose-fleet/fleet";
import { sha256 } from "../account/names.ts";
import { arnOf } from "./arns.ts";
import type { Statement } from "./statement.ts";

/** `ForAllValues` holds where there is no value at all. */
const NO_KEY_IS_NO_LEAVE = { "dynamodb:LeadingKeys": "false" };

/** What `fleet release` calls (`cli/src/release`): push images, put revisions, deploy them, watch, stop, and go back. Nothing of another fleet. */
export function releaseStatements(config: FleetConfig): readonly Statement[] {
  const { releaseApplication, table } = fleetNames(config);
  const own = (service: string, resource: string) => arnOf(config, service, resource);
  const bucket = `arn:aws:s3:::${revisionBucketPrefix(config, sha256)}*`;
  const inRegion = { StringEquals: { "aws:RequestedRegion": config.region } };
  return [
    {
      sid: "SignInToTheRegistry",
      // A registry's password and the list of workers have no resource.
      actions: ["autoscaling:DescribeAutoScalingGroups", "ecr:GetAuthorizationToken"],
      resources: ["*"],
      conditions: inRegion,
    },
    {
      sid: "ReadTheShareOfErrors",
      // Metrics have no resource, and reading them knows no namespace.
      actions: ["cloudwatch:GetMetricData"],
      resources: ["*"],
      conditions: inRegion,
    },
    {
      sid: "PushImages",
      actions: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImages",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      resources: [own("ecr", `repository/fleet-${config.name}-${config.environment}/*`)],
    },
    // Names of buckets have no resource, and no region.
    { sid: "FindTheBucket", actions: ["s3:ListAllMyBuckets"], resources: ["*"] },
    { sid: "KeepRevisions", actions: ["s3:GetObject", "s3:PutObject"], resources: [`${bucket}/*`] },
    { sid: "ListRevisions", actions: ["s3:ListBucket"], resources: [bucket] },
    {
      sid: "Deploy",
      actions: [
        "codedeploy:BatchGetDeployments",
        "codedeploy:CreateDeployment",
        "codedeploy:GetDeployment",
        "codedeploy:ListDeployments",
      ],
      resources: [own("codedeploy", `deploymentgroup:${releaseApplication}/*`)],
    },
    {
      sid: "AskForJobs",
      // Nothing else of the table: a wish is carried out by the scaler, which alone writes what became of it.
      actions: ["dynamodb:DeleteItem", "dynamodb:PutItem"],
      resources: [own("dynamodb", `table/${table}`)],
      conditions: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["job#asked"] }, Null: NO_KEY_IS_NO_LEAVE },
    },
    {
      sid: "ReadWhatBecameOfThem",
      actions: ["dynamodb:GetItem"],
      resources: [own("dynamodb", `table/${table}`)],
      conditions: {
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["job#before-release"] },
        Null: NO_KEY_IS_NO_LEAVE,
      },
    },
    {
      sid: "NameRevisions",
      // CodeDeploy asks for these when a deployment is created.
      actions: [
        "codedeploy:GetApplicationRevision",
        "codedeploy:GetDeploymentConfig",
        "codedeploy:RegisterApplicationRevision",
      ],
      resources: [own("codedeploy", `application:${releaseApplication}`), own("codedeploy", "deploymentconfig:*")],
    },
    {
      sid: "FollowDeployments",
      // These take a deployment's id, for which CodeDeploy has no resource.
      actions: [
        "codedeploy:BatchGetDeploymentTargets",
        "codedeploy:ListDeploymentTargets",
        "codedeploy:StopDeployment",
      ],
      resources: ["*"],
      conditions: inRegion,
    },
  ];
}
