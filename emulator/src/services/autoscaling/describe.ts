import type {
  AutoScalingGroup,
  InstanceRefresh,
  LifecycleState,
  Activity as SdkActivity,
  LifecycleHook as SdkHook,
} from "@aws-sdk/client-auto-scaling";
import {
  type Activity,
  type Group,
  type GroupInstance,
  isStandby,
  type LifecycleHook,
  longestWaitSeconds,
  type InstanceRefresh as Refresh,
} from "@compose-fleet/group-model";

/** What a group's description says that the group itself does not know. */
export interface GroupSurroundings {
  readonly instanceType: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly targetGroupArn: string;
  /** What is said of an instance instead of its state. */
  readonly lifecycleStates: ReadonlyMap<string, LifecycleState>;
}

const LIFECYCLE: Readonly<Record<GroupInstance["state"], LifecycleState>> = {
  pending: "Pending",
  "pending-wait": "Pending:Wait",
  "pending-proceed": "Pending:Proceed",
  "in-service": "InService",
  "entering-standby": "EnteringStandby",
  standby: "Standby",
  terminating: "Terminating",
  "terminating-wait": "Terminating:Wait",
  "terminating-proceed": "Terminating:Proceed",
};

/** AWS's names of the transitions. */
export const TRANSITIONS: Readonly<Record<LifecycleHook["transition"], string>> = {
  launching: "autoscaling:EC2_INSTANCE_LAUNCHING",
  terminating: "autoscaling:EC2_INSTANCE_TERMINATING",
};

/** A hook as DescribeLifecycleHooks gives it. */
export function describeHook(hook: LifecycleHook, group: Group): SdkHook {
  return {
    LifecycleHookName: hook.name,
    AutoScalingGroupName: group.name,
    LifecycleTransition: TRANSITIONS[hook.transition],
    HeartbeatTimeout: hook.heartbeatSeconds,
    GlobalTimeout: longestWaitSeconds(hook),
    DefaultResult: hook.defaultResult,
  };
}

/** A refresh as DescribeInstanceRefreshes gives it. */
export function describeRefresh(refresh: Refresh, group: Group): InstanceRefresh {
  const done = refresh.total - refresh.remaining.length;
  return {
    InstanceRefreshId: refresh.id,
    AutoScalingGroupName: group.name,
    Status: refresh.status,
    StartTime: new Date(refresh.startedAtMs),
    EndTime: refresh.endedAtMs === undefined ? undefined : new Date(refresh.endedAtMs),
    PercentageComplete: refresh.total === 0 ? 100 : Math.floor((100 * done) / refresh.total),
    InstancesToUpdate: refresh.remaining.length,
  };
}

/** A group as DescribeAutoScalingGroups gives it. */
export function describeGroup(group: Group, deps: GroupSurroundings): AutoScalingGroup {
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: `arn:aws:autoscaling:local:000000000000:autoScalingGroup:local:autoScalingGroupName/${group.name}`,
    MinSize: group.min,
    MaxSize: group.max,
    DesiredCapacity: group.desired,
    DefaultCooldown: group.cooldownSeconds,
    AvailabilityZones: [...group.zones],
    HealthCheckType: "EC2",
    HealthCheckGracePeriod: 0,
    Instances: group.instances.map((each) => describeMember(each, deps)),
    CreatedTime: new Date(group.createdAtMs),
    SuspendedProcesses: group.suspended.map((ProcessName) => ({ ProcessName, SuspensionReason: "User suspended" })),
    TargetGroupARNs: [deps.targetGroupArn],
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

/** An instance as a group lists it. */
export function describeMember(
  instance: GroupInstance,
  { instanceType, lifecycleStates }: Pick<GroupSurroundings, "instanceType" | "lifecycleStates">,
) {
  return {
    InstanceId: instance.id,
    InstanceType: instanceType,
    AvailabilityZone: instance.zone,
    LifecycleState: lifecycleStates.get(instance.id) ?? LIFECYCLE[instance.state],
    // Nobody checks an instance in Standby.
    HealthStatus: instance.unhealthy && !isStandby(instance) ? "Unhealthy" : "Healthy",
    ProtectedFromScaleIn: instance.isProtected ?? false,
  };
}

/** An activity as DescribeScalingActivities gives it. */
export function describeActivity(activity: Activity, group: Group): SdkActivity {
  return {
    ActivityId: activity.id,
    AutoScalingGroupName: group.name,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: new Date(activity.startedAtMs),
    EndTime: activity.endedAtMs === undefined ? undefined : new Date(activity.endedAtMs),
    // AWS says MidTerminatingLifecycleAction, which the SDK's list does not have.
    StatusCode: activity.status as NonNullable<SdkActivity["StatusCode"]>,
    StatusMessage: activity.statusMessage,
    Progress: activity.progress,
    Details: JSON.stringify({ "Availability Zone": activity.zone }),
  };
}
