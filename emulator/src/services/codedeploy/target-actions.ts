import type {
  BatchGetDeploymentTargetsCommandOutput,
  GetDeploymentTargetCommandOutput,
  ListDeploymentTargetsCommandOutput,
} from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import { type Action, action } from "../../protocol/action.ts";
import { page } from "../../protocol/page.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import type { Deployment, Target } from "../../releases/deployment.ts";
import type { Deployments } from "../../releases/deployments.ts";
import { deploymentOf } from "./deployment-actions.ts";
import { describeTarget } from "./describe.ts";
import { FAULT } from "./parameters.ts";

type Output<Command> = Omit<Command, "$metadata">;

const PAGE = 100;

/** CodeDeploy's actions on the instances of a deployment. */
export function targetActions(deployments: Deployments, region: string): Record<string, Action> {
  return {
    ListDeploymentTargets: action(
      FAULT,
      z.object({
        deploymentId: z.string(),
        nextToken: z.string().optional(),
        targetFilters: z.record(z.string(), z.array(z.string())).default({}),
      }),
      (input): Output<ListDeploymentTargetsCommandOutput> => {
        const { TargetStatus: statuses, ...others } = input.targetFilters;
        const [unknown] = Object.keys(others);
        if (unknown !== undefined)
          throw new AwsError("InvalidTargetFilterNameException", `The filter ${unknown} is not known here.`);
        const { targets } = startedDeployment(deployments, input.deploymentId);
        const found = targets.filter(({ status }) => !statuses || statuses.includes(status));
        const { items, nextToken } = page(found, PAGE, input.nextToken, "InvalidNextTokenException");
        return { targetIds: items.map(({ instanceId }) => instanceId), nextToken };
      },
    ),
    GetDeploymentTarget: action(
      FAULT,
      z.object({ deploymentId: z.string(), targetId: z.string() }),
      (input): Output<GetDeploymentTargetCommandOutput> => {
        const deployment = startedDeployment(deployments, input.deploymentId);
        return { deploymentTarget: describeTarget(deployment, targetOf(deployment, input.targetId), region) };
      },
    ),
    BatchGetDeploymentTargets: action(
      FAULT,
      z.object({ deploymentId: z.string(), targetIds: z.array(z.string()).min(1).max(25) }),
      (input): Output<BatchGetDeploymentTargetsCommandOutput> => {
        const deployment = startedDeployment(deployments, input.deploymentId);
        return {
          deploymentTargets: input.targetIds.map((id) => describeTarget(deployment, targetOf(deployment, id), region)),
        };
      },
    ),
  };
}

function startedDeployment(deployments: Deployments, id: string): Deployment {
  const found = deploymentOf(deployments, id);
  if (found.startedAtMs === undefined)
    throw new AwsError("DeploymentNotStartedException", `The deployment ${id} has not started.`);
  return found;
}

function targetOf(deployment: Deployment, id: string): Target {
  const found = deployment.targets.find(({ instanceId }) => instanceId === id);
  if (!found)
    throw new AwsError(
      "DeploymentTargetDoesNotExistException",
      `The target ${id} does not exist in the deployment ${deployment.id}`,
    );
  return found;
}
