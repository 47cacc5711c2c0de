import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from "@aws-sdk/client-auto-scaling";
import type { WorkerState } from "@compose-fleet/policy";
import type { Clock } from "../clock.ts";
import type { GroupReading, WorkerGroupReader } from "../observe/worker-group.ts";
import { readLaunches } from "./activities.ts";
import { describeAwsError } from "./aws-errors.ts";
import { createRefreshReader } from "./refresh-reader.ts";

const ACTIVITIES = 100;

export interface AsgReaderDeps {
  readonly client: Pick<AutoScalingClient, "send">;
  readonly clock: Clock;
  readonly groupName: string;
  /** What deploys to the workers, in words; undefined when nothing does. */
  readonly readDeployment: () => Promise<string | undefined>;
}

/** Reads the fleet's own Auto Scaling group, by name only: without a name AWS returns everyone's groups. */
export function createAsgReader(deps: AsgReaderDeps): WorkerGroupReader {
  const { client, clock, groupName, readDeployment } = deps;
  const readRefresh = createRefreshReader(deps);
  // For members whose launch has left the activities; kept only while they are members.
  let firstSeenAtMs = new Map<string, number>();

  const describe = async (): Promise<GroupReading> => {
    try {
      const [groups, history, refresh, deployment] = await Promise.all([
        client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] })),
        client.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: groupName, MaxRecords: ACTIVITIES })),
        readRefresh(),
        readDeployment(),
      ]);
      const busyWith = refresh ?? deployment;
      const group = groups.AutoScalingGroups?.find((candidate) => candidate.AutoScalingGroupName === groupName);
      const { DesiredCapacity: desired, MinSize: min, MaxSize: max } = group ?? {};
      if (desired === undefined || min === undefined || max === undefined) {
        return {
          ok: false,
          problem: `there is no Auto Scaling group ${groupName}: create the fleet, or correct name and environment in fleet.yaml`,
        };
      }
      const nowMs = clock.nowMs();
      const { launchedAtMs, ...failures } = readLaunches(history.Activities ?? [], nowMs);
      const members = (group?.Instances ?? []).flatMap((instance) => {
        const id = instance.InstanceId;
        if (!id || instance.LifecycleState === "Terminated") return [];
        const seen = firstSeenAtMs.get(id) ?? nowMs;
        return [
          {
            id,
            zone: instance.AvailabilityZone ?? "",
            state: stateOf(instance.LifecycleState),
            seen,
            awaitsHook: instance.LifecycleState === "Terminating:Wait",
            isUnhealthy: instance.HealthStatus === "Unhealthy",
          },
        ];
      });
      firstSeenAtMs = new Map(members.map(({ id, seen }) => [id, seen]));
      return {
        ok: true,
        value: {
          desired,
          min,
          max,
          ...failures,
          ...(busyWith === undefined ? {} : { busyWith }),
          members: members.map(({ seen, awaitsHook, isUnhealthy, ...member }) => ({
            ...member,
            ...(awaitsHook && { awaitsHook }),
            ...(isUnhealthy && { isUnhealthy }),
            launchedAtMs: launchedAtMs.get(member.id) ?? seen,
          })),
        },
      };
    } catch (error) {
      return { ok: false, problem: `the Auto Scaling group cannot be read: ${describeAwsError(error)}` };
    }
  };
  return { describe };
}

/** Standby and detaching instances take no traffic and are not ours to count, so they are on their way out. */
function stateOf(lifecycleState: string | undefined): WorkerState {
  if (lifecycleState === "InService") return "in-service";
  return /^(Pending|Quarantined|Warmed)/.test(lifecycleState ?? "") ? "pending" : "terminating";
}
