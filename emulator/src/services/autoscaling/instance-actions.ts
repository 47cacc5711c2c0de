import type {
  EnterStandbyCommandOutput,
  ExitStandbyCommandOutput,
  Activity as SdkActivity,
} from "@aws-sdk/client-auto-scaling";
import { SCALING_PROCESSES, type ScalingProcess } from "@compose-fleet/group-model";
import { z } from "zod";
import type { WorkerGroup } from "../../cloud/worker-group.ts";
import { type Action, action } from "../../protocol/action.ts";
import { queryBoolean } from "../../protocol/query-parameters.ts";
import { describeActivity } from "./describe.ts";
import { FAULT, type Output, type RequireGroup, requiredName } from "./parts-of-actions.ts";

const processes = z.object({
  AutoScalingGroupName: requiredName,
  ScalingProcesses: z.array(z.enum(SCALING_PROCESSES)).default([]),
});

const standby = z.object({ AutoScalingGroupName: requiredName, InstanceIds: z.array(z.string()).min(1).max(19) });

/** Moves into Standby and out of it, as the activities that they begin. */
export function standbyActions(workers: WorkerGroup, requireGroup: RequireGroup): Record<string, Action> {
  const activities = (ids: readonly string[]): SdkActivity[] => {
    const group = workers.group();
    return group.activities.filter(({ id }) => ids.includes(id)).map((each) => describeActivity(each, group));
  };
  return {
    EnterStandby: action(
      FAULT,
      standby.extend({ ShouldDecrementDesiredCapacity: queryBoolean }),
      (input): Output<EnterStandbyCommandOutput> => {
        requireGroup(input.AutoScalingGroupName);
        const request = { instanceIds: input.InstanceIds, decrement: input.ShouldDecrementDesiredCapacity };
        return { Activities: activities(workers.enterStandby(request)) };
      },
    ),
    ExitStandby: action(FAULT, standby, (input): Output<ExitStandbyCommandOutput> => {
      requireGroup(input.AutoScalingGroupName);
      return { Activities: activities(workers.exitStandby(input.InstanceIds)) };
    }),
  };
}

/** Processes, protection and health of instances. */
export function instanceActions(workers: WorkerGroup, requireGroup: RequireGroup): Record<string, Action> {
  // No process named means all of them.
  const named = (asked: readonly ScalingProcess[]) => (asked.length > 0 ? asked : SCALING_PROCESSES);
  return {
    SuspendProcesses: action(FAULT, processes, (input) => {
      requireGroup(input.AutoScalingGroupName);
      workers.suspend(named(input.ScalingProcesses));
      return {};
    }),
    ResumeProcesses: action(FAULT, processes, (input) => {
      requireGroup(input.AutoScalingGroupName);
      workers.resume(named(input.ScalingProcesses));
      return {};
    }),
    SetInstanceProtection: action(
      FAULT,
      z.object({
        AutoScalingGroupName: requiredName,
        InstanceIds: z.array(z.string()).min(1).max(50),
        ProtectedFromScaleIn: queryBoolean,
      }),
      (input) => {
        requireGroup(input.AutoScalingGroupName);
        workers.protect(input.InstanceIds, input.ProtectedFromScaleIn);
        return {};
      },
    ),
    SetInstanceHealth: action(
      FAULT,
      z.object({
        InstanceId: requiredName,
        HealthStatus: z.enum(["Healthy", "Unhealthy"]),
        ShouldRespectGracePeriod: queryBoolean.optional(),
      }),
      (input) => {
        workers.setHealth(input.InstanceId, input.HealthStatus === "Healthy");
        return {};
      },
    ),
  };
}
