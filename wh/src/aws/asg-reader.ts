import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  type Instance,
} from "@aws-sdk/client-auto-scaling";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { GroupReading, MemberDescription } from "@compose-fleet/policy";
import type { WorkerGroupReader } from "../observe/worker-group.ts";
import { type Clock, inTime } from "../runtime/clock.ts";
import { createLaunchReader } from "./activity-reader.ts";
import { describeAwsError } from "./aws-errors.ts";
import { type BusyReading, inDoubt } from "./busy-reading.ts";
import { memberStateOf } from "./lifecycle-state.ts";
import { createRefreshReader } from "./refresh-reader.ts";
import { createTargetReader, type TargetReading, unknownTargets } from "./target-reader.ts";

/** What is asked beside the group itself is waited for no longer: the group alone is enough to scale out. */
const BESIDE_MS = 3_000;
const LATE = `no answer within ${BESIDE_MS / 1000} s`;

export interface AsgReaderDeps {
  readonly client: Pick<AutoScalingClient, "send">;
  /** Of the load balancer whose target groups the group's members are registered in. */
  readonly balancer: Pick<ElasticLoadBalancingV2Client, "send">;
  readonly clock: Clock;
  readonly groupName: string;
  /** What deploys to the workers. Never throws. */
  readonly readDeployment: () => Promise<BusyReading>;
}

/**
 * Reads the fleet's own Auto Scaling group, by name only: without a name AWS returns everyone's groups.
 * Only the group itself must be readable. What is asked beside it may fail each time: then the group is described without it, safe, and that is told.
 */
export function createAsgReader(deps: AsgReaderDeps): WorkerGroupReader {
  const { client, clock, groupName, readDeployment } = deps;
  const readTargets = createTargetReader(deps.balancer);
  const readRefresh = createRefreshReader(deps);
  const launches = createLaunchReader(deps);
  // For members whose launch has left the activities; kept only while they are members.
  let firstSeenAtMs = new Map<string, number>();

  const beside = <T>(answer: Promise<T>, late: (problem: string) => T) =>
    inTime(BESIDE_MS, clock, answer, () => late(LATE));
  const membersOf = (
    instances: readonly Instance[],
    launchedAtMs: ReadonlyMap<string, number>,
    { reachedOf }: TargetReading,
  ) => {
    const nowMs = clock.monotonicMs();
    const seenBefore = firstSeenAtMs;
    firstSeenAtMs = new Map();
    return instances.flatMap((instance): MemberDescription[] => {
      const id = instance.InstanceId;
      if (!id || instance.LifecycleState === "Terminated") return [];
      const seenAtMs = seenBefore.get(id) ?? nowMs;
      firstSeenAtMs.set(id, seenAtMs);
      const reached = reachedOf(id);
      return [
        {
          id,
          zone: instance.AvailabilityZone ?? "",
          ...memberStateOf(instance.LifecycleState),
          ...(instance.LifecycleState !== undefined && { lifecycle: instance.LifecycleState }),
          launchedAtMs: launchedAtMs.get(id) ?? seenAtMs,
          ...(instance.LifecycleState === "Terminating:Wait" && { awaitsHook: true }),
          ...(instance.HealthStatus === "Unhealthy" && { isUnhealthy: true }),
          ...(reached !== undefined && { reached }),
        },
      ];
    });
  };

  const describe = async (): Promise<GroupReading> => {
    try {
      const [groups, launched, refresh, deployment] = await Promise.all([
        client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] })),
        beside(launches.read(), launches.known),
        beside(readRefresh(), (problem) => inDoubt("an instance refresh", problem)),
        beside(readDeployment(), (problem) => inDoubt("a deployment", problem)),
      ]);
      const group = groups.AutoScalingGroups?.find((candidate) => candidate.AutoScalingGroupName === groupName);
      const { DesiredCapacity: desired, MinSize: min, MaxSize: max } = group ?? {};
      if (desired === undefined || min === undefined || max === undefined) {
        return {
          ok: false,
          problem: `there is no Auto Scaling group ${groupName}: create the fleet, or correct name and environment in fleet.yaml`,
        };
      }
      const targets = await beside(readTargets(group?.TargetGroupARNs ?? []), unknownTargets);
      const { launchedAtMs, ...failures } = launched.history;
      // One that is known counts before one that is only possible.
      const busyWith = [refresh, deployment]
        .sort((a, b) => Number(isDoubtful(a)) - Number(isDoubtful(b)))
        .flatMap((reading) => reading.busyWith ?? [])[0];
      const unread = [launched.unread, refresh.unread, deployment.unread, targets.unread].flatMap((one) => one ?? []);
      const members = membersOf(group?.Instances ?? [], launchedAtMs, targets);
      return {
        ok: true,
        value: {
          desired,
          min,
          max,
          ...failures,
          ...(busyWith !== undefined && { busyWith }),
          ...suspendedOf(group),
          ...(unread.length > 0 && { unread }),
          members,
        },
      };
    } catch (error) {
      return { ok: false, problem: `the Auto Scaling group cannot be read: ${describeAwsError(error)}` };
    }
  };
  return { describe };
}

function isDoubtful({ unread }: BusyReading): boolean {
  return unread !== undefined;
}

function suspendedOf(group: AutoScalingGroup | undefined): { readonly suspended?: readonly string[] } {
  const suspended = (group?.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []);
  return suspended.length > 0 ? { suspended } : {};
}
