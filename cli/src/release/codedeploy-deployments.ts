import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  type CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentInfo,
  type DeploymentStatus,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import type { MachineKind } from "@compose-fleet/fleet";
import { CliError } from "@compose-fleet/local-fleet/process";
import {
  type Deployment,
  DeploymentActiveError,
  type Deployments,
  type DeploymentTarget,
  revisionKey,
  revisionOfKey,
} from "@compose-fleet/releases";

const ACTIVE: readonly DeploymentStatus[] = ["Created", "Queued", "InProgress"];
/** AWS's limit of one look at several. */
const BATCH = 25;

export interface CodeDeployDeps {
  readonly client: Pick<CodeDeployClient, "send">;
  readonly application: string;
  readonly bucket: string;
}

/** A fleet's deployments in CodeDeploy; its deployment groups are named after the kinds of machine. */
export function createCodeDeployDeployments({ client, application, bucket }: CodeDeployDeps): Deployments {
  async function list(kind: MachineKind, statuses: readonly string[] | undefined): Promise<Deployment[]> {
    const { deployments: ids = [] } = await client.send(
      new ListDeploymentsCommand({
        applicationName: application,
        deploymentGroupName: kind,
        ...(statuses === undefined ? {} : { includeOnlyStatuses: statuses as DeploymentStatus[] }),
      }),
    );
    if (ids.length === 0) return [];
    const { deploymentsInfo = [] } = await client.send(
      new BatchGetDeploymentsCommand({ deploymentIds: ids.slice(0, BATCH) }),
    );
    return deploymentsInfo.map(toDeployment).sort((a, b) => b.createdAtMs - a.createdAtMs);
  }

  async function targets(id: string): Promise<DeploymentTarget[]> {
    const found: DeploymentTarget[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.send(new ListDeploymentTargetsCommand({ deploymentId: id, nextToken }));
      nextToken = page.nextToken;
      const ids = page.targetIds ?? [];
      for (let at = 0; at < ids.length; at += BATCH) {
        const { deploymentTargets = [] } = await client.send(
          new BatchGetDeploymentTargetsCommand({ deploymentId: id, targetIds: ids.slice(at, at + BATCH) }),
        );
        for (const { instanceTarget } of deploymentTargets)
          if (instanceTarget !== undefined) found.push({ ...instanceTarget, targetId: instanceId(instanceTarget) });
      }
    } while (nextToken !== undefined);
    return found;
  }

  return {
    create: async ({ kind, revision, description, askNoAlarm }) => {
      try {
        const { deploymentId } = await client.send(
          new CreateDeploymentCommand({
            applicationName: application,
            deploymentGroupName: kind,
            revision: {
              revisionType: "S3",
              s3Location: { bucket, key: revisionKey(kind, revision), bundleType: "tgz" },
            },
            description,
            fileExistsBehavior: "OVERWRITE",
            ...(askNoAlarm ? { overrideAlarmConfiguration: { enabled: false, alarms: [] } } : {}),
          }),
        );
        if (deploymentId === undefined) throw new CliError("CodeDeploy began a deployment without saying which.");
        return deploymentId;
      } catch (error) {
        if (error instanceof Error && error.name === "DeploymentLimitExceededException")
          throw new DeploymentActiveError(error.message);
        throw error;
      }
    },
    read: async (id) => {
      const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId: id }));
      if (deploymentInfo === undefined) throw new CliError(`CodeDeploy knows no deployment ${id}.`);
      return toDeployment(deploymentInfo);
    },
    targets: (id) => noneBeforeItStarts(() => targets(id)),
    stop: async (id) => {
      try {
        await client.send(new StopDeploymentCommand({ deploymentId: id, autoRollbackEnabled: false }));
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "DeploymentAlreadyCompletedException") throw error;
      }
    },
    active: (kind) => list(kind, ACTIVE),
    recent: (kind, statuses) => list(kind, statuses),
  };
}

/** CodeDeploy refuses to list the machines of a deployment that has not begun, also of one that was stopped before. */
async function noneBeforeItStarts(list: () => Promise<DeploymentTarget[]>): Promise<DeploymentTarget[]> {
  try {
    return await list();
  } catch (error) {
    if (error instanceof Error && error.name === "DeploymentNotStartedException") return [];
    throw error;
  }
}

/** Ids, as Auto Scaling has them; older answers give the machine's ARN. */
function instanceId({ targetId }: { readonly targetId?: string | undefined }): string | undefined {
  return targetId?.split("/").at(-1);
}

function toDeployment(info: DeploymentInfo): Deployment {
  const { deploymentId = "", status, description, creator, createTime, errorInformation, rollbackInfo } = info;
  const { applicationName, deploymentGroupName } = info;
  return {
    id: deploymentId,
    applicationName,
    deploymentGroupName,
    status,
    errorInformation,
    revision: revisionOfKey(info.revision?.s3Location?.key ?? ""),
    description: description ?? "",
    creator: creator ?? "user",
    createdAtMs: createTime?.getTime() ?? 0,
    rollbackId: rollbackInfo?.rollbackDeploymentId || undefined,
  };
}
