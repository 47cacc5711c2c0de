import type { FleetConfig } from "@compose-fleet/fleet";
import { fleetAccount } from "../account/account.ts";
import { parameterPath, resourcePattern } from "../account/names.ts";
import { stateBucketName } from "../account/state-backend.ts";
import { applyActions } from "./deploy-actions.ts";
import { machineBoundaryArn } from "./machine-boundary.ts";
import type { Statement } from "./statement.ts";

/** AWS services that may get one of the fleet's roles from whoever deploys. */
const ROLE_TAKERS = ["ec2.amazonaws.com", "codedeploy.amazonaws.com", "dlm.amazonaws.com"];

/** Canonical's account, which publishes Ubuntu's images. */
const CANONICAL = "099720109477";

/**
 * What the role that changes the infrastructure may do, in policies small enough for IAM: build, change and remove this fleet, and
 * nothing of another. Roles that it makes may do no more than the boundary says (`machine-boundary.ts`).
 */
export function infrastructurePolicies(config: FleetConfig): Readonly<Record<string, readonly Statement[]>> {
  const own = (service: string, resource: string, region = config.region) =>
    `arn:aws:${service}:${region}:${fleetAccount(config)}:${resource}`;
  const global = (service: string, resource: string) => own(service, resource, "");
  const named = resourcePattern(config);
  const balancer = resourcePattern(config, 32);
  const tagged = (key: string) => ({
    StringEquals: { [`aws:${key}/fleet`]: config.name, [`aws:${key}/environment`]: config.environment },
  });
  const inRegion = { StringEquals: { "aws:RequestedRegion": config.region } };
  const statement = (
    sid: keyof typeof applyActions,
    resources: readonly string[],
    conditions?: Statement["conditions"],
  ): Statement => ({ sid, actions: applyActions[sid], resources, ...(conditions ? { conditions } : {}) });
  return {
    network: [
      // EC2's descriptions have no resource.
      statement("DescribeNetwork", ["*"], inRegion),
      statement("CreateNetwork", [own("ec2", "*/*")], tagged("RequestTag")),
      { ...statement("CreateNetwork", [own("ec2", "*/*")], tagged("ResourceTag")), sid: "CreateInsideNetwork" },
      statement("ChangeNetwork", [own("ec2", "*/*")], tagged("ResourceTag")),
      // The image of a new machine is somebody else's: no tag of the fleet's, and no account in its ARN.
      {
        sid: "LaunchImages",
        actions: ["ec2:RunInstances"],
        resources: [`arn:aws:ec2:${config.region}::image/*`],
        conditions: { StringEquals: { "ec2:Owner": [CANONICAL, fleetAccount(config)] } },
      },
      // With the call that creates a thing, and on what is the fleet's already: whoever may tag anything owns everything.
      statement("TagNetwork", [own("ec2", "*/*")], {
        StringEquals: {
          ...tagged("RequestTag").StringEquals,
          "ec2:CreateAction": applyActions.CreateNetwork.map((action) => action.replace("ec2:", "")),
        },
      }),
      { ...statement("TagNetwork", [own("ec2", "*/*")], tagged("ResourceTag")), sid: "TagOwnNetwork" },
      // AWS makes a VPC's default group together with it, without tags.
      {
        ...statement("TagNetwork", [own("ec2", "security-group/*")], {
          ...tagged("RequestTag"),
          Null: { "aws:ResourceTag/fleet": "true" },
        }),
        sid: "TagDefaultGroup",
      },
      // AWS names the private zone; its tag is the fleet's.
      statement("PrivateZone", [global("route53", "hostedzone/*"), global("route53", "change/*")]),
      // Creating and listing zones have no resource.
      statement("CreatePrivateZone", ["*"]),
    ],
    compute: [
      // Auto Scaling's, load balancing's and the alarms' descriptions have no resource.
      statement("DescribeCompute", ["*"], inRegion),
      statement("Group", [own("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${named}`)]),
      statement("Balance", [
        own("elasticloadbalancing", `loadbalancer/net/${balancer}/*`),
        own("elasticloadbalancing", `listener/net/${balancer}/*`),
        own("elasticloadbalancing", `targetgroup/${balancer}/*`),
      ]),
      statement("Release", [
        own("codedeploy", `application:${named}`),
        own("codedeploy", `deploymentgroup:${named}/*`),
        own("codedeploy", "deploymentconfig:*"),
      ]),
      // A new machine's image is looked up by AWS's public parameter.
      statement("ReadPublicParameters", [`arn:aws:ssm:${config.region}::parameter/aws/service/*`]),
      statement("Documents", [own("ssm", `document/${named}`)]),
      statement("Snapshots", [own("dlm", "policy/*")], tagged("ResourceTag")),
      {
        ...statement("Snapshots", [own("dlm", "policy/*")], tagged("RequestTag")),
        sid: "CreateSnapshotPolicy",
        actions: ["dlm:CreateLifecyclePolicy", "dlm:TagResource"],
      },
      statement("ListSecrets", [own("ssm", `parameter${parameterPath(config)}/*`)]),
    ],
    data: [
      statement("State", [`arn:aws:s3:::${stateBucketName(config)}`, `arn:aws:s3:::${stateBucketName(config)}/*`]),
      statement("Buckets", [`arn:aws:s3:::${resourcePattern(config, 36)}`]),
      statement("Table", [own("dynamodb", `table/${named}`)]),
      statement("Queues", [own("sqs", resourcePattern(config, 80))]),
      statement("Images", [own("ecr", `repository/fleet-${config.name}-${config.environment}/*`)]),
    ],
    observation: [
      statement("Events", [own("events", `rule/${named}`)]),
      statement("Topics", [own("sns", named)]),
      statement("CreateKey", ["*"], tagged("RequestTag")),
      statement("Keys", [own("kms", "key/*")], tagged("ResourceTag")),
      { ...statement("Keys", [own("kms", `alias/${named}`)]), sid: "KeyAliases" },
      // Listing aliases has no resource.
      statement("ListAliases", ["*"], inRegion),
      statement("Alarms", [own("cloudwatch", `alarm:${named}`)]),
      statement("Logs", [own("logs", `log-group:${parameterPath(config)}/*`)]),
      // Listing log groups has no resource of one.
      statement("DescribeLogs", ["*"], inRegion),
      statement("Budget", [global("budgets", `budget/${named}`)]),
    ],
    identity: [
      statement("Roles", [global("iam", `role/${named}`), global("iam", `instance-profile/${named}`)]),
      statement("EmpowerRoles", [global("iam", `role/${named}`)], {
        StringEquals: { "iam:PermissionsBoundary": machineBoundaryArn(config) },
      }),
      statement("HandOverRoles", [global("iam", `role/${named}`)], {
        StringEquals: { "iam:PassedToService": ROLE_TAKERS },
      }),
      // AWS's own roles, made at the first use of a service in an account.
      statement("ServiceRoles", [global("iam", "role/aws-service-role/*")], {
        StringEquals: {
          "iam:AWSServiceName": [
            "autoscaling.amazonaws.com",
            "elasticloadbalancing.amazonaws.com",
            "spot.amazonaws.com",
          ],
        },
      }),
      // Who one is has no resource.
      statement("WhoAmI", ["*"]),
    ],
  };
}
