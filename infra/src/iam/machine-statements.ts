import type { MachineKind } from "@compose-fleet/fleet";
import { type FleetConfig, fleetNames, fleetSecrets } from "@compose-fleet/fleet";
import { parameterArn } from "./arns.ts";
import type { Statement } from "./statement.ts";

/** What the machine's role may reach, as ARNs. */
export interface MachineResources {
  readonly repositoryArns: readonly string[];
  readonly revisionBucketArn: string;
  /** Below which the revisions of this kind of machine lie, without slashes at the ends. */
  readonly revisionPrefix: string;
  readonly logGroupArn: string;
}

/** What both kinds of machine may do: be managed, read their own secrets, pull images, fetch revisions, write logs. */
export function machineStatements(
  kind: MachineKind,
  config: FleetConfig,
  resources: MachineResources,
): readonly Statement[] {
  const { secretParameter } = fleetNames(config);
  const secrets = fleetSecrets(config).filter(({ readers }) => readers.includes(kind));
  return [
    {
      sid: "BeManaged",
      // Instead of AmazonSSMManagedInstanceCore, which may read every parameter of the account.
      actions: [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
        "ec2messages:AcknowledgeMessage",
        "ec2messages:DeleteMessage",
        "ec2messages:FailMessage",
        "ec2messages:GetEndpoint",
        "ec2messages:GetMessages",
        "ec2messages:SendReply",
      ],
      // The agent's channels have no resource.
      resources: ["*"],
    },
    {
      sid: "ReadOwnSecrets",
      actions: ["ssm:GetParameter"],
      resources: secrets.map(({ name }) => parameterArn(config, secretParameter(name))),
    },
    // Signing in to the registry has no resource.
    { sid: "SignInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      sid: "PullImages",
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: resources.repositoryArns,
    },
    {
      sid: "FetchRevisions",
      actions: ["s3:GetObject", "s3:GetObjectVersion"],
      resources: [`${resources.revisionBucketArn}/${resources.revisionPrefix}/*`],
    },
    {
      sid: "WriteLogs",
      actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      resources: [resources.logGroupArn, `${resources.logGroupArn}:*`],
    },
  ];
}
