import type { DescribeLifecycleHooksCommandOutput } from "@aws-sdk/client-auto-scaling";
import { z } from "zod";
import type { WorkerGroup } from "../../cloud/worker-group.ts";
import { type Action, action } from "../../protocol/action.ts";
import { queryInteger } from "../../protocol/query-parameters.ts";
import { describeHook, TRANSITIONS } from "./describe.ts";
import { FAULT, type Output, type RequireGroup, requiredName } from "./parts-of-actions.ts";

/** Lifecycle hooks and the answers to them. */
export function lifecycleActions(workers: WorkerGroup, requireGroup: RequireGroup): Record<string, Action> {
  const result = z.enum(["CONTINUE", "ABANDON"]);
  const which = {
    AutoScalingGroupName: requiredName,
    LifecycleHookName: requiredName,
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
        AutoScalingGroupName: requiredName,
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
      z.object({ AutoScalingGroupName: requiredName, LifecycleHookNames: z.array(z.string()).default([]) }),
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
