import type {
  CancelInstanceRefreshCommandOutput,
  DescribeInstanceRefreshesCommandOutput,
  StartInstanceRefreshCommandOutput,
} from "@aws-sdk/client-auto-scaling";
import { z } from "zod";
import type { WorkerGroup } from "../../cloud/worker-group.ts";
import { type Action, action } from "../../protocol/action.ts";
import { page } from "../../protocol/page.ts";
import { queryInteger } from "../../protocol/query-parameters.ts";
import { describeRefresh } from "./describe.ts";
import { FAULT, type Output, type RequireGroup, requiredName } from "./parts-of-actions.ts";

/** Instance refreshes: one instance after another is replaced. */
export function refreshActions(workers: WorkerGroup, requireGroup: RequireGroup): Record<string, Action> {
  const group = z.object({ AutoScalingGroupName: requiredName });
  return {
    StartInstanceRefresh: action(FAULT, group, (input): Output<StartInstanceRefreshCommandOutput> => {
      requireGroup(input.AutoScalingGroupName);
      return { InstanceRefreshId: workers.startRefresh() };
    }),
    CancelInstanceRefresh: action(FAULT, group, (input): Output<CancelInstanceRefreshCommandOutput> => {
      requireGroup(input.AutoScalingGroupName);
      return { InstanceRefreshId: workers.cancelRefresh() };
    }),
    DescribeInstanceRefreshes: action(
      FAULT,
      z.object({
        AutoScalingGroupName: requiredName,
        InstanceRefreshIds: z.array(z.string()).default([]),
        MaxRecords: queryInteger.optional(),
        NextToken: z.string().optional(),
      }),
      (input): Output<DescribeInstanceRefreshesCommandOutput> => {
        const found = requireGroup(input.AutoScalingGroupName);
        const asked = input.InstanceRefreshIds;
        const wanted = found.refreshes.filter((each) => asked.length === 0 || asked.includes(each.id));
        const { items, nextToken } = page(wanted, input.MaxRecords ?? 50, input.NextToken);
        return { InstanceRefreshes: items.map((each) => describeRefresh(each, found)), NextToken: nextToken };
      },
    ),
  };
}
