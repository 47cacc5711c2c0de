import {
  BatchGetDeploymentTargetsCommand,
  type CodeDeployClient,
  CreateDeploymentCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import type { DeploymentTarget } from "@compose-fleet/releases";
import { type Deployer, DeployerBusyError } from "../releases/ports.ts";

/** BatchGetDeploymentTargets takes no more at once. */
const TARGETS = 25;

/** CodeDeploy's deployments to the workers' group. */
export function createCodeDeployDeployer(deps: {
  readonly client: Pick<CodeDeployClient, "send">;
  readonly application: string;
  readonly group: string;
}): Deployer {
  const { client } = deps;
  const names = { applicationName: deps.application, deploymentGroupName: deps.group };

  const revisionOf = async (deployment: string | undefined) => {
    if (deployment === undefined) return undefined;
    const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId: deployment }));
    const key = deploymentInfo?.revision?.s3Location?.key;
    return key === undefined ? undefined : { key, deployment };
  };
  const targetsOf = async (deploymentId: string): Promise<DeploymentTarget[]> => {
    const targets: DeploymentTarget[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.send(new ListDeploymentTargetsCommand({ deploymentId, nextToken }));
      nextToken = page.nextToken;
      const ids = page.targetIds ?? [];
      for (let at = 0; at < ids.length; at += TARGETS) {
        const { deploymentTargets = [] } = await client.send(
          new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds: ids.slice(at, at + TARGETS) }),
        );
        for (const { instanceTarget } of deploymentTargets) {
          // Ids as Auto Scaling has them; some answers give the machine's ARN.
          if (instanceTarget) targets.push({ ...instanceTarget, targetId: instanceTarget.targetId?.split("/").at(-1) });
        }
      }
    } while (nextToken !== undefined);
    return targets;
  };

  return {
    now: async () => {
      const { deploymentGroupInfo } = await client.send(
        new GetDeploymentGroupCommand({ applicationName: deps.application, deploymentGroupName: deps.group }),
      );
      const bucket = deploymentGroupInfo?.targetRevision?.s3Location?.bucket;
      const lastSucceeded = deploymentGroupInfo?.lastSuccessfulDeployment?.deploymentId;
      const lastAttempted = deploymentGroupInfo?.lastAttemptedDeployment?.deploymentId;
      const succeeded = await revisionOf(lastSucceeded);
      const attempted = lastAttempted === lastSucceeded ? succeeded : await revisionOf(lastAttempted);
      return {
        ...(bucket !== undefined && { bucket }),
        ...(succeeded && { succeeded }),
        ...(attempted && { attempted }),
      };
    },
    begin: async ({ bucket, key, description }) => {
      try {
        const { deploymentId } = await client.send(
          new CreateDeploymentCommand({
            ...names,
            revision: { revisionType: "S3", s3Location: { bucket, key, bundleType: "tgz" } },
            description,
            fileExistsBehavior: "OVERWRITE",
          }),
        );
        if (deploymentId === undefined) throw new Error("CodeDeploy began a deployment without saying which");
        return deploymentId;
      } catch (error) {
        if (error instanceof Error && error.name === "DeploymentLimitExceededException")
          throw new DeployerBusyError(error.message);
        throw error;
      }
    },
    read: async (deploymentId) => {
      try {
        const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
        if (deploymentInfo === undefined) return undefined;
        return { deployment: deploymentInfo, targets: await targetsOf(deploymentId).catch(noneBeforeItStarts) };
      } catch (error) {
        if (error instanceof Error && error.name === "DeploymentDoesNotExistException") return undefined;
        throw error;
      }
    },
    stop: async (deploymentId) => {
      try {
        await client.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: false }));
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "DeploymentAlreadyCompletedException") throw error;
      }
    },
  };
}

/** CodeDeploy refuses to list the machines of a deployment that has not begun, also of one that was stopped before. */
function noneBeforeItStarts(error: unknown): [] {
  if (error instanceof Error && error.name === "DeploymentNotStartedException") return [];
  throw error;
}
