import type {
  CancelInstanceRefreshCommandOutput,
  DescribeInstanceRefreshesCommandOutput,
  DescribeLifecycleHooksCommandOutput,
  EnterStandbyCommandOutput,
  ExitStandbyCommandOutput,
  Activity as SdkActivity,
  StartInstanceRefreshCommandOutput,
} from "@aws-sdk/client-auto-scaling";
import { type Group, SCALING_PROCESSES, type ScalingProcess } from "@compose-fleet/group-model";
import { z } from "zod";
import type { WorkerGroup } from "../cloud/worker-group.ts";
import { type Action, action } from "./action.ts";
import { describeActivity, describeHook, describeRefresh, TRANSITIONS } from "./autoscaling-describe.ts";
import { page } from "./page.ts";
import { queryBoolean, queryInteger } from "./protocol/query-parameters.ts";

type Output<Command> = Omit<Command, "$metadata">;
/** Throws for another group's name. */
type RequireGroup = (name: string) => Group;

const FAULT = "ValidationError";
const name = z.string().min(1);
const processes = z.object({
  AutoScalingGroupName: name,
  ScalingProcesses: z.array(z.enum(SCALING_PROCESSES)).default([]),
});

const standby = z.object({ AutoScalingGroupName: name, InstanceIds: z.array(z.string()).min(1).max(19) });

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
        AutoScalingGroupName: name,
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
        InstanceId: name,
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

/** Lifecycle hooks and the answers to them. */
export function lifecycleActions(workers: WorkerGroup, requireGroup: RequireGroup): Record<string, Action> {
  const result = z.enum(["CONTINUE", "ABANDON"]);
  const which = {
    AutoScalingGroupName: name,
    LifecycleHookName: name,
    InstanceId: z.string().optional(),
    LifecycleActionToken: z.string().optional(),
  };
  const wanted = (input: z.output<z.ZodObject<typeof which>>) => ({
    hook: input.LifecycleHookName,
    instanceId: input.InstanceId,
    token: input.LifecycleActionToken,
  });
  return {
    PutLifecycleHook: action(
      FAULT,
      z.object({
        AutoScalingGroupName: name,
        LifecycleHookName: z.string().regex(/^[A-Za-z0-9\-_/]{1,255}$/),
        LifecycleTransition: z.enum([TRANSITIONS.launching, TRANSITIONS.terminating]),
        HeartbeatTimeout: queryInteger.pipe(z.int().min(30).max(7200)).default(3600),
        DefaultResult: result.default("ABANDON"),
      }),
      (input) => {
        requireGroup(input.AutoScalingGroupName);
        workers.putHook({
          name: input.LifecycleHookName,
          transition: input.LifecycleTransition === TRANSITIONS.launching ? "launching" : "terminating",
          heartbeatSeconds: input.HeartbeatTimeout,
          defaultResult: input.DefaultResult,
        });
        return {};
      },
    ),
    DescribeLifecycleHooks: action(
      FAULT,
      z.object({ AutoScalingGroupName: name, LifecycleHookNames: z.array(z.string()).default([]) }),
      (input): Output<DescribeLifecycleHooksCommandOutput> => {
        const group = requireGroup(input.AutoScalingGroupName);
        const asked = input.LifecycleHookNames;
        const found = group.hooks.filter((hook) => asked.length === 0 || asked.includes(hook.name));
        return { LifecycleHooks: found.map((hook) => describeHook(hook, group)) };
      },
    ),
    CompleteLifecycleAction: action(FAULT, z.object({ ...which, LifecycleActionResult: result }), (input) => {
      requireGroup(input.AutoScalingGroupName);
      workers.completeAction({ ...wanted(input), result: input.LifecycleActionResult });
      return {};
    }),
    RecordLifecycleActionHeartbeat: action(FAULT, z.object(which), (input) => {
      requireGroup(input.AutoScalingGroupName);
      workers.heartbeat(wanted(input));
      return {};
    }),
  };
}

/** Instance refreshes: one instance after another is replaced. */
export function refreshActions(workers: WorkerGroup, requireGroup: RequireGroup): Record<string, Action> {
  const group = z.object({ AutoScalingGroupName: name });
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
        AutoScalingGroupName: name,
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
