import type {
  BatchGetDeploymentsCommandOutput,
  CreateDeploymentCommandOutput,
  GetDeploymentCommandOutput,
  ListDeploymentsCommandOutput,
  StopDeploymentCommandOutput,
} from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import { type Action, action } from "../../protocol/action.ts";
import { page } from "../../protocol/page.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import { type Deployment, isActive } from "../../releases/deployment.ts";
import type { Deployments } from "../../releases/deployments.ts";
import { type CodeDeployNames, describeDeployment } from "./describe.ts";
import {
  alarmsSchema,
  autoRollbackSchema,
  FAULT,
  parseAlarms,
  parseAutoRollback,
  parseRevision,
  revisionSchema,
} from "./parameters.ts";

type Output<Command> = Omit<Command, "$metadata">;

const PAGE = 100;
const deploymentId = z.string().regex(/^d-[A-Z0-9]{9}$/, "write a deployment's id");
const status = z.enum(["Created", "Queued", "InProgress", "Baking", "Succeeded", "Failed", "Stopped", "Ready"]);

/** The deployment of that id. Throws `AwsError`. */
export function deploymentOf(deployments: Deployments, id: string): Deployment {
  const found = deployments.get(id);
  if (!found) throw new AwsError("DeploymentDoesNotExistException", `The deployment ${id} could not be found`);
  return found;
}

/** CodeDeploy's actions on deployments. `inGroup` throws for names that nobody has, `used` is told each revision that is deployed. */
export function deploymentActions(
  deployments: Deployments,
  names: CodeDeployNames,
  inGroup: (application: string, group: string | undefined) => void,
  used: (revision: Deployment["revision"], description: string) => void,
): Record<string, Action> {
  return {
    CreateDeployment: action(
      FAULT,
      z.object({
        applicationName: z.string(),
        deploymentGroupName: z.string(),
        revision: revisionSchema.optional(),
        deploymentConfigName: z
          .literal("CodeDeployDefault.OneAtATime", "only CodeDeployDefault.OneAtATime is known here")
          .optional(),
        description: z.string().default(""),
        ignoreApplicationStopFailures: z.boolean().default(false),
        autoRollbackConfiguration: autoRollbackSchema.optional(),
        overrideAlarmConfiguration: alarmsSchema.optional(),
        updateOutdatedInstancesOnly: z.literal(false, "is not known here").optional(),
        fileExistsBehavior: z.enum(["DISALLOW", "OVERWRITE", "RETAIN"]).default("DISALLOW"),
      }),
      (input): Output<CreateDeploymentCommandOutput> => {
        inGroup(input.applicationName, input.deploymentGroupName);
        if (!input.revision) throw new AwsError("RevisionRequiredException", "Revision required");
        const revision = parseRevision(input.revision);
        const { id } = deployments.create({
          revision,
          description: input.description,
          ignoreApplicationStopFailures: input.ignoreApplicationStopFailures,
          fileExistsBehavior: input.fileExistsBehavior,
          autoRollback: input.autoRollbackConfiguration && parseAutoRollback(input.autoRollbackConfiguration),
          alarms: input.overrideAlarmConfiguration && parseAlarms(input.overrideAlarmConfiguration),
        });
        used(revision, `Application revision registered by Deployment ID: ${id}`);
        return { deploymentId: id };
      },
    ),
    GetDeployment: action(FAULT, z.object({ deploymentId }), (input): Output<GetDeploymentCommandOutput> => {
      const deployment = deploymentOf(deployments, input.deploymentId);
      return { deploymentInfo: describeDeployment(deployment, names, deployments.list()) };
    }),
    BatchGetDeployments: action(
      FAULT,
      z.object({ deploymentIds: z.array(deploymentId).min(1).max(25) }),
      (input): Output<BatchGetDeploymentsCommandOutput> => {
        const all = deployments.list();
        return {
          deploymentsInfo: input.deploymentIds.flatMap((id) => {
            const found = deployments.get(id);
            return found ? [describeDeployment(found, names, all)] : [];
          }),
        };
      },
    ),
    ListDeployments: action(
      FAULT,
      z.object({
        applicationName: z.string().optional(),
        deploymentGroupName: z.string().optional(),
        includeOnlyStatuses: z.array(status).optional(),
        createTimeRange: z.object({ start: z.number().optional(), end: z.number().optional() }).optional(),
        nextToken: z.string().optional(),
      }),
      (input): Output<ListDeploymentsCommandOutput> => {
        if (input.applicationName !== undefined) inGroup(input.applicationName, input.deploymentGroupName);
        else if (input.deploymentGroupName !== undefined)
          throw new AwsError("ApplicationNameRequiredException", "An application name is required with a group's");
        const { includeOnlyStatuses: wanted, createTimeRange: range } = input;
        const found = deployments
          .list()
          .filter((each) => !wanted?.length || wanted.includes(each.status))
          .filter(({ createdAtMs }) => createdAtMs >= (range?.start ?? 0) * 1000)
          .filter(({ createdAtMs }) => createdAtMs <= (range?.end ?? Number.POSITIVE_INFINITY) * 1000);
        const { items, nextToken } = page(found, PAGE, input.nextToken, "InvalidNextTokenException");
        return { deployments: items.map(({ id }) => id), nextToken };
      },
    ),
    StopDeployment: action(
      FAULT,
      z.object({ deploymentId, autoRollbackEnabled: z.boolean().optional() }),
      (input): Output<StopDeploymentCommandOutput> => {
        const stopped = deployments.stop(deploymentOf(deployments, input.deploymentId).id, input.autoRollbackEnabled);
        return isActive(stopped)
          ? {
              status: "Pending",
              statusMessage: "Stopping Pending. Stopping to schedule commands in the deployment instances",
            }
          : { status: "Succeeded", statusMessage: "No more commands will be scheduled in the deployment instances" };
      },
    ),
  };
}
