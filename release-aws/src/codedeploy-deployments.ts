import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  type CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentInfo,
  type DeploymentStatus,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import type { MachineKind } from "@compose-fleet/fleet";
import {
  type Deployment,
  DeploymentActiveError,
  type Deployments,
  type DeploymentTarget,
  revisionOfKey,
  UnknownDeploymentError,
} from "@compose-fleet/releases";

const ACTIVE: readonly DeploymentStatus[] = ["Created", "Queued", "InProgress"];
/** AWS's limit of one look at several. */
const BATCH = 25;
const UNKNOWN = "DeploymentDoesNotExistException";

export interface CodeDeployDeps {
  readonly client: Pick<CodeDeployClient, "send">;
  readonly application: string;
}

/** A fleet's deployments in CodeDeploy; its deployment groups are named after the kinds of machine. */
export function createCodeDeployDeployments({ client, application }: CodeDeployDeps): Deployments {
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

  async function read(id: string): Promise<DeploymentInfo> {
    try {
      const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId: id }));
      if (deploymentInfo !== undefined) return deploymentInfo;
    } catch (error) {
      if (nameOf(error) !== UNKNOWN) throw error;
    }
    throw new UnknownDeploymentError(id);
  }

  async function keyOf(deployment: string | undefined) {
    if (deployment === undefined) return undefined;
    const key = (await read(deployment)).revision?.s3Location?.key;
    return key === undefined ? undefined : { key, deployment };
  }

  return {
    create: async ({ kind, location, description, askNoAlarm }) => {
      try {
        const { deploymentId } = await client.send(
          new CreateDeploymentCommand({
            applicationName: application,
            deploymentGroupName: kind,
            revision: { revisionType: "S3", s3Location: { ...location, bundleType: "tgz" } },
            description,
            fileExistsBehavior: "OVERWRITE",
            ...(askNoAlarm ? { overrideAlarmConfiguration: { enabled: false, alarms: [] } } : {}),
          }),
        );
        if (deploymentId === undefined) throw new Error("CodeDeploy began a deployment without saying which");
        return deploymentId;
      } catch (error) {
        if (error instanceof Error && nameOf(error) === "DeploymentLimitExceededException")
          throw new DeploymentActiveError(error.message);
        throw error;
      }
    },
    read: async (id) => toDeployment(await read(id)),
    targets: async (id) => {
      try {
        return await targets(id);
      } catch (error) {
        // It refuses to list the machines of one that has not begun, also of one that was stopped before.
        if (nameOf(error) === "DeploymentNotStartedException") return [];
        throw nameOf(error) === UNKNOWN ? new UnknownDeploymentError(id) : error;
      }
    },
    stop: async (id) => {
      try {
        await client.send(new StopDeploymentCommand({ deploymentId: id, autoRollbackEnabled: false }));
      } catch (error) {
        if (nameOf(error) !== "DeploymentAlreadyCompletedException") throw error;
      }
    },
    now: async (kind) => {
      const { deploymentGroupInfo } = await client.send(
        new GetDeploymentGroupCommand({ applicationName: application, deploymentGroupName: kind }),
      );
      const { targetRevision, lastSuccessfulDeployment, lastAttemptedDeployment } = deploymentGroupInfo ?? {};
      const bucket = targetRevision?.s3Location?.bucket;
      const succeededId = lastSuccessfulDeployment?.deploymentId;
      const attemptedId = lastAttemptedDeployment?.deploymentId;
      const succeeded = await keyOf(succeededId);
      const attempted = attemptedId === succeededId ? succeeded : await keyOf(attemptedId);
      return {
        ...(bucket !== undefined && { bucket }),
        ...(succeeded && { succeeded }),
        ...(attempted && { attempted }),
      };
    },
    active: (kind) => list(kind, ACTIVE),
    recent: (kind, statuses) => list(kind, statuses),
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
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
