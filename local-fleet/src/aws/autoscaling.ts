import type {
  AutoScalingGroup,
  AutoScalingInstanceDetails,
  DescribeAutoScalingGroupsCommandOutput,
  DescribeAutoScalingInstancesCommandOutput,
  DescribeScalingActivitiesCommandOutput,
  LifecycleState,
  Activity as SdkActivity,
  TerminateInstanceInAutoScalingGroupCommandOutput,
} from "@aws-sdk/client-auto-scaling";
import type { Activity, Group, GroupInstance } from "@compose-fleet/group-model";
import { z } from "zod";
import type { WorkerGroup } from "../cloud/worker-group.ts";
import { type AwsService, action } from "./action.ts";
import { AwsError } from "./aws-error.ts";
import { page } from "./page.ts";
import { queryBoolean, queryInteger } from "./protocol/query-parameters.ts";

/** What a handler returns: the output without what the SDK adds to it. */
type Output<Command> = Omit<Command, "$metadata">;

export interface AutoScalingDeps {
  readonly workers: WorkerGroup;
  readonly instanceType: string;
  readonly tags: Readonly<Record<string, string>>;
}

const FAULT = "ValidationError";
const names = z.array(z.string()).default([]);
const paging = { MaxRecords: queryInteger.optional(), NextToken: z.string().optional() };

const LIFECYCLE: Readonly<Record<GroupInstance["state"], LifecycleState>> = {
  pending: "Pending",
  "in-service": "InService",
  terminating: "Terminating",
};

/** The actions of Auto Scaling 2011-01-01 that a scaler needs. */
export function createAutoScaling(deps: AutoScalingDeps): AwsService {
  const requireGroup = (name: string): Group => {
    const group = deps.workers.group();
    if (group.name !== name)
      throw new AwsError(FAULT, `AutoScalingGroup name not found - AutoScalingGroup: ${name} not found`);
    return group;
  };

  const describeGroups = action(
    FAULT,
    z.object({ AutoScalingGroupNames: names, ...paging }),
    (input): Output<DescribeAutoScalingGroupsCommandOutput> => {
      const group = deps.workers.group();
      const asked = input.AutoScalingGroupNames;
      const found = asked.length === 0 || asked.includes(group.name) ? [describeGroup(group, deps)] : [];
      const { items, nextToken } = page(found, input.MaxRecords ?? 50, input.NextToken);
      return { AutoScalingGroups: items, NextToken: nextToken };
    },
  );

  const setDesiredCapacity = action(
    FAULT,
    z.object({
      AutoScalingGroupName: z.string().min(1),
      DesiredCapacity: queryInteger,
      HonorCooldown: queryBoolean.optional(),
    }),
    (input) => {
      requireGroup(input.AutoScalingGroupName);
      deps.workers.setDesired(input.DesiredCapacity);
      return {};
    },
  );

  const terminate = action(
    FAULT,
    z.object({ InstanceId: z.string().min(1), ShouldDecrementDesiredCapacity: queryBoolean }),
    (input): Output<TerminateInstanceInAutoScalingGroupCommandOutput> => {
      const activityId = deps.workers.terminate(input.InstanceId, input.ShouldDecrementDesiredCapacity);
      const group = deps.workers.group();
      const activity = group.activities.find((each) => each.id === activityId);
      return activity ? { Activity: describeActivity(activity, group) } : {};
    },
  );

  const describeActivities = action(
    FAULT,
    z.object({ AutoScalingGroupName: z.string().optional(), ActivityIds: names, ...paging }),
    (input): Output<DescribeScalingActivitiesCommandOutput> => {
      const group =
        input.AutoScalingGroupName === undefined ? deps.workers.group() : requireGroup(input.AutoScalingGroupName);
      const wanted = group.activities.filter(
        (each) => input.ActivityIds.length === 0 || input.ActivityIds.includes(each.id),
      );
      const { items, nextToken } = page(wanted, input.MaxRecords ?? 100, input.NextToken);
      return { Activities: items.map((each) => describeActivity(each, group)), NextToken: nextToken };
    },
  );

  const describeInstances = action(
    FAULT,
    z.object({ InstanceIds: names, ...paging }),
    (input): Output<DescribeAutoScalingInstancesCommandOutput> => {
      const group = deps.workers.group();
      const wanted = group.instances.filter(
        (each) => input.InstanceIds.length === 0 || input.InstanceIds.includes(each.id),
      );
      const { items, nextToken } = page(wanted, input.MaxRecords ?? 50, input.NextToken);
      const details = items.map(
        (each): AutoScalingInstanceDetails => ({
          ...describeMember(each, deps.instanceType),
          AutoScalingGroupName: group.name,
        }),
      );
      return { AutoScalingInstances: details, NextToken: nextToken };
    },
  );

  return {
    protocol: "query",
    version: "2011-01-01",
    actions: {
      DescribeAutoScalingGroups: describeGroups,
      SetDesiredCapacity: setDesiredCapacity,
      TerminateInstanceInAutoScalingGroup: terminate,
      DescribeScalingActivities: describeActivities,
      DescribeAutoScalingInstances: describeInstances,
    },
  };
}

function describeGroup(group: Group, deps: AutoScalingDeps): AutoScalingGroup {
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: `arn:aws:autoscaling:local:000000000000:autoScalingGroup:local:autoScalingGroupName/${group.name}`,
    MinSize: group.min,
    MaxSize: group.max,
    DesiredCapacity: group.desired,
    DefaultCooldown: 300,
    AvailabilityZones: [...group.zones],
    HealthCheckType: "EC2",
    HealthCheckGracePeriod: 0,
    Instances: group.instances.map((each) => describeMember(each, deps.instanceType)),
    CreatedTime: new Date(group.createdAtMs),
    SuspendedProcesses: [{ ProcessName: "AZRebalance", SuspensionReason: "User suspended" }],
    TerminationPolicies: ["Default"],
    NewInstancesProtectedFromScaleIn: false,
    Tags: Object.entries(deps.tags).map(([Key, Value]) => ({
      Key,
      Value,
      ResourceId: group.name,
      ResourceType: "auto-scaling-group",
      PropagateAtLaunch: true,
    })),
  };
}

function describeMember(instance: GroupInstance, instanceType: string) {
  return {
    InstanceId: instance.id,
    InstanceType: instanceType,
    AvailabilityZone: instance.zone,
    LifecycleState: LIFECYCLE[instance.state],
    HealthStatus: "Healthy",
    ProtectedFromScaleIn: false,
  };
}

function describeActivity(activity: Activity, group: Group): SdkActivity {
  return {
    ActivityId: activity.id,
    AutoScalingGroupName: group.name,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: new Date(activity.startedAtMs),
    EndTime: activity.endedAtMs === undefined ? undefined : new Date(activity.endedAtMs),
    StatusCode: activity.status,
    StatusMessage: activity.statusMessage,
    Progress: activity.progress,
    Details: JSON.stringify({ "Availability Zone": activity.zone }),
  };
}
