import type {
  AutoScalingInstanceDetails,
  DescribeAutoScalingGroupsCommandOutput,
  DescribeAutoScalingInstancesCommandOutput,
  DescribeScalingActivitiesCommandOutput,
  TerminateInstanceInAutoScalingGroupCommandOutput,
} from "@aws-sdk/client-auto-scaling";
import type { Group } from "@compose-fleet/group-model";
import { z } from "zod";
import type { WorkerGroup } from "../../cloud/worker-group.ts";
import { type AwsService, action } from "../../protocol/action.ts";
import { page } from "../../protocol/page.ts";
import { queryBoolean, queryInteger } from "../../protocol/query-parameters.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import { describeActivity, describeGroup, describeMember, type GroupSurroundings } from "./describe.ts";
import { instanceActions, standbyActions } from "./instance-actions.ts";
import { lifecycleActions } from "./lifecycle-actions.ts";
import { FAULT, type Output, requiredName } from "./parts-of-actions.ts";
import { refreshActions } from "./refresh-actions.ts";

export interface AutoScalingDeps extends GroupSurroundings {
  readonly workers: WorkerGroup;
}

const names = z.array(z.string()).default([]);
const paging = { MaxRecords: queryInteger.optional(), NextToken: z.string().optional() };

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
      AutoScalingGroupName: requiredName,
      DesiredCapacity: queryInteger,
      HonorCooldown: queryBoolean.optional(),
    }),
    (input) => {
      requireGroup(input.AutoScalingGroupName);
      deps.workers.setDesired(input.DesiredCapacity, input.HonorCooldown ?? false);
      return {};
    },
  );

  const update = action(
    FAULT,
    z.object({
      AutoScalingGroupName: requiredName,
      MinSize: queryInteger.optional(),
      MaxSize: queryInteger.optional(),
      DesiredCapacity: queryInteger.optional(),
      DefaultCooldown: queryInteger.optional(),
    }),
    (input) => {
      requireGroup(input.AutoScalingGroupName);
      deps.workers.update({
        min: input.MinSize,
        max: input.MaxSize,
        desired: input.DesiredCapacity,
        cooldownSeconds: input.DefaultCooldown,
      });
      return {};
    },
  );

  const terminate = action(
    FAULT,
    z.object({ InstanceId: requiredName, ShouldDecrementDesiredCapacity: queryBoolean }),
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
          ...describeMember(each, deps),
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
      UpdateAutoScalingGroup: update,
      ...standbyActions(deps.workers, requireGroup),
      ...instanceActions(deps.workers, requireGroup),
      ...lifecycleActions(deps.workers, requireGroup),
      ...refreshActions(deps.workers, requireGroup),
    },
  };
}
