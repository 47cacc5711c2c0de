import type {
  DeploymentGroupInfo,
  GetApplicationCommandOutput,
  GetDeploymentGroupCommandOutput,
  LastDeploymentInfo,
  ListApplicationRevisionsCommandOutput,
  ListApplicationsCommandOutput,
  ListDeploymentGroupsCommandOutput,
  UpdateDeploymentGroupCommandOutput,
} from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import { type Action, type AwsService, action } from "../../protocol/action.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import type { Deployment } from "../../releases/deployment.ts";
import type { Deployments } from "../../releases/deployments.ts";
import type { Revision } from "../../releases/lifecycle.ts";
import { deploymentActions } from "./deployment-actions.ts";
import { type CodeDeployNames, describeAlarms, describeRevision, STYLE } from "./describe.ts";
import {
  alarmsSchema,
  autoRollbackSchema,
  FAULT,
  parseAlarms,
  parseAutoRollback,
  parseRevision,
  revisionSchema,
} from "./parameters.ts";
import { targetActions } from "./target-actions.ts";

type Output<Command> = Omit<Command, "$metadata">;

export interface CodeDeployDeps {
  readonly deployments: Deployments;
  readonly names: CodeDeployNames;
  readonly now: () => number;
}

interface Registered {
  readonly revision: Revision;
  readonly description: string;
  readonly registeredAtMs: number;
}

/** CodeDeploy with one application, which has one deployment group: the workers. */
export function createCodeDeploy(deps: CodeDeployDeps): AwsService {
  const { deployments, names, now } = deps;
  const createdAtMs = now();
  const registered = new Map<string, Registered>();
  const register = (revision: Revision, description: string) => {
    const id = `${revision.bucket}/${revision.key}`;
    if (!registered.has(id)) registered.set(id, { revision, description, registeredAtMs: now() });
  };
  const inGroup = (application: string, group: string | undefined) => {
    if (application !== names.application)
      throw new AwsError("ApplicationDoesNotExistException", `No application found for name: ${application}`);
    if (group !== undefined && group !== names.deploymentGroup)
      throw new AwsError("DeploymentGroupDoesNotExistException", `No Deployment Group found for name: ${group}`);
  };
  return {
    protocol: "json",
    version: "2014-10-06",
    actions: {
      ...applicationActions(names, createdAtMs, inGroup),
      ...revisionActions(registered, deployments, inGroup, register),
      ...deploymentActions(deployments, names, inGroup, register),
      ...targetActions(deployments, names.region),
      GetDeploymentGroup: action(
        FAULT,
        z.object({ applicationName: z.string(), deploymentGroupName: z.string() }),
        (input): Output<GetDeploymentGroupCommandOutput> => {
          inGroup(input.applicationName, input.deploymentGroupName);
          return { deploymentGroupInfo: describeGroup(deps) };
        },
      ),
      UpdateDeploymentGroup: updateGroup(deployments, inGroup),
    },
  };
}

/** What else AWS lets one change about a group would be left undone here, so it is refused. */
function updateGroup(
  deployments: Deployments,
  inGroup: (application: string, group: string | undefined) => void,
): Action {
  return action(
    FAULT,
    z.strictObject({
      applicationName: z.string(),
      currentDeploymentGroupName: z.string(),
      alarmConfiguration: alarmsSchema.optional(),
      autoRollbackConfiguration: autoRollbackSchema.optional(),
    }),
    (input): Output<UpdateDeploymentGroupCommandOutput> => {
      inGroup(input.applicationName, input.currentDeploymentGroupName);
      const alarms = input.alarmConfiguration && parseAlarms(input.alarmConfiguration);
      const autoRollback = input.autoRollbackConfiguration && parseAutoRollback(input.autoRollbackConfiguration);
      deployments.updateGroup({ ...(alarms && { alarms }), ...(autoRollback && { autoRollback }) });
      return { hooksNotCleanedUp: [] };
    },
  );
}

function applicationActions(
  names: CodeDeployNames,
  createdAtMs: number,
  inGroup: (application: string, group: string | undefined) => void,
): Record<string, Action> {
  const named = z.object({ applicationName: z.string() });
  return {
    ListApplications: action(
      FAULT,
      z.object({}),
      (): Output<ListApplicationsCommandOutput> => ({ applications: [names.application] }),
    ),
    GetApplication: action(FAULT, named, (input): Output<GetApplicationCommandOutput> => {
      inGroup(input.applicationName, undefined);
      return {
        application: {
          applicationId: "00000000-0000-4000-8000-000000000000",
          applicationName: names.application,
          createTime: new Date(createdAtMs),
          linkedToGitHub: false,
          computePlatform: "Server",
        },
      };
    }),
    ListDeploymentGroups: action(FAULT, named, (input): Output<ListDeploymentGroupsCommandOutput> => {
      inGroup(input.applicationName, undefined);
      return { applicationName: names.application, deploymentGroups: [names.deploymentGroup] };
    }),
  };
}

function revisionActions(
  registered: ReadonlyMap<string, Registered>,
  deployments: Deployments,
  inGroup: (application: string, group: string | undefined) => void,
  register: (revision: Revision, description: string) => void,
): Record<string, Action> {
  return {
    RegisterApplicationRevision: action(
      FAULT,
      z.object({ applicationName: z.string(), description: z.string().default(""), revision: revisionSchema }),
      (input) => {
        inGroup(input.applicationName, undefined);
        register(parseRevision(input.revision), input.description);
        return {};
      },
    ),
    ListApplicationRevisions: action(
      FAULT,
      z.object({
        applicationName: z.string(),
        sortBy: z.enum(["registerTime", "firstUsedTime", "lastUsedTime"]).default("registerTime"),
        sortOrder: z.enum(["ascending", "descending"]).default("ascending"),
        s3Bucket: z.string().optional(),
        s3KeyPrefix: z.string().default(""),
        deployed: z.enum(["include", "exclude", "ignore"]).default("ignore"),
      }),
      (input): Output<ListApplicationRevisionsCommandOutput> => {
        inGroup(input.applicationName, undefined);
        const target = deployments.targetRevision()?.key;
        const uses = (key: string) => deployments.list().filter((each) => each.revision.key === key);
        const timeOf = ({ revision: { key }, registeredAtMs }: Registered) => {
          const times = uses(key).map((each) => each.createdAtMs);
          if (input.sortBy === "registerTime") return registeredAtMs;
          return input.sortBy === "lastUsedTime" ? Math.max(0, ...times) : Math.min(...times, Number.MAX_SAFE_INTEGER);
        };
        const sign = input.sortOrder === "ascending" ? 1 : -1;
        const found = [...registered.values()]
          .filter(({ revision }) => input.s3Bucket === undefined || revision.bucket === input.s3Bucket)
          .filter(({ revision }) => revision.key.startsWith(input.s3KeyPrefix))
          .filter(
            ({ revision }) =>
              input.deployed === "ignore" || (revision.key === target) === (input.deployed === "include"),
          )
          .sort((left, right) => sign * (timeOf(left) - timeOf(right)));
        return { revisions: found.map(({ revision }) => describeRevision(revision)) };
      },
    ),
  };
}

function describeGroup({ deployments, names }: CodeDeployDeps): DeploymentGroupInfo {
  const { autoRollback, alarms } = deployments.group();
  const targetRevision = deployments.targetRevision();
  const all = deployments.list();
  const last = (found: Deployment | undefined): LastDeploymentInfo | undefined =>
    found && {
      deploymentId: found.id,
      status: found.status,
      createTime: new Date(found.createdAtMs),
      endTime: found.endedAtMs === undefined ? undefined : new Date(found.endedAtMs),
    };
  return {
    applicationName: names.application,
    deploymentGroupId: "00000000-0000-4000-8000-000000000001",
    deploymentGroupName: names.deploymentGroup,
    deploymentConfigName: "CodeDeployDefault.OneAtATime",
    autoScalingGroups: [
      {
        name: names.autoScalingGroup,
        hook: `CodeDeploy-managed-automatic-launch-deployment-hook-${names.deploymentGroup}`,
      },
    ],
    targetRevision: targetRevision && describeRevision(targetRevision),
    alarmConfiguration: describeAlarms(alarms),
    autoRollbackConfiguration: { enabled: autoRollback.enabled, events: [...autoRollback.events] },
    deploymentStyle: STYLE,
    outdatedInstancesStrategy: "UPDATE",
    lastSuccessfulDeployment: last(all.find(({ status }) => status === "Succeeded")),
    lastAttemptedDeployment: last(all[0]),
    computePlatform: "Server",
    terminationHookEnabled: false,
  };
}
