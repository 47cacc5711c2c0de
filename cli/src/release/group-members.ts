import { type AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import type { MachineKind } from "@compose-fleet/fleet";

/** Asks Auto Scaling which workers exist: neither terminated nor on their way out. Monitoring is no group: nobody says so of it. */
export function createGroupMembers(client: Pick<AutoScalingClient, "send">, group: string) {
  return async (kind: MachineKind): Promise<readonly string[] | undefined> => {
    if (kind !== "workers") return undefined;
    const { AutoScalingGroups: [found] = [] } = await client.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
    );
    return (found?.Instances ?? []).flatMap(({ InstanceId, LifecycleState = "" }) =>
      InstanceId === undefined || LifecycleState.startsWith("Terminat") ? [] : [InstanceId],
    );
  };
}
