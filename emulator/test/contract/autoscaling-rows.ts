import { setTimeout as sleep } from "node:timers/promises";
import {
  CancelInstanceRefreshCommand,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  PutLifecycleHookCommand,
  RecordLifecycleActionHeartbeatCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { GROUP, type SdkClients } from "../sdk-under-test.ts";
import { type ContractRow, NO_INSTANCE } from "./row.ts";

const HOOK = { AutoScalingGroupName: GROUP, LifecycleHookName: "drain" };
const group = async (sdk: SdkClients) =>
  (await sdk.autoscaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [GROUP] })))
    .AutoScalingGroups?.[0];
const desire = (sdk: SdkClients, DesiredCapacity: number, more: object = {}) =>
  sdk.autoscaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity, ...more }));

const standby = (sdk: SdkClients, InstanceId: string) =>
  sdk.autoscaling.send(
    new EnterStandbyCommand({
      AutoScalingGroupName: GROUP,
      InstanceIds: [InstanceId],
      ShouldDecrementDesiredCapacity: true,
    }),
  );

/** The first reading that is as wanted, or the last of some. */
async function until<Reading>(read: () => Promise<Reading>, wanted: (reading: Reading) => boolean): Promise<Reading> {
  for (let left = 20; ; left -= 1) {
    const reading = await read();
    if (wanted(reading) || left === 0) return reading;
    await sleep(100);
  }
}

/** What is asked of Auto Scaling. */
export const AUTOSCALING_ROWS: readonly ContractRow[] = [
  {
    rule: "a group is found by its name",
    ask: group,
    answer: { AutoScalingGroupName: GROUP, MinSize: 1, MaxSize: 3, DesiredCapacity: 1 },
  },
  {
    rule: "a group nobody has is no error",
    ask: (sdk) => sdk.autoscaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["none"] })),
    answer: { AutoScalingGroups: [] },
  },
  {
    rule: "a desired capacity above max is refused",
    ask: (sdk) => desire(sdk, 4),
    answer: { error: "ValidationError" },
    moto: "takes any number",
  },
  {
    rule: "a desired capacity below min is refused",
    ask: (sdk) => desire(sdk, 0),
    answer: { error: "ValidationError" },
    moto: "takes any number",
  },
  {
    rule: "the desired capacity of a group nobody has is refused",
    ask: (sdk) => desire(sdk, 1, { AutoScalingGroupName: "none" }),
    answer: { error: "ValidationError" },
    moto: "answers with an HTML error page",
  },
  {
    rule: "within the cooldown a request that honours it is refused",
    ask: (sdk) => desire(sdk, 2, { HonorCooldown: true }),
    answer: { error: "ScalingActivityInProgressFault" },
    moto: "knows no cooldown",
  },
  {
    rule: "an instance nobody has cannot be terminated",
    ask: (sdk) =>
      sdk.autoscaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId: NO_INSTANCE,
          ShouldDecrementDesiredCapacity: true,
        }),
      ),
    answer: { error: "ValidationError" },
    moto: "answers with an HTML error page",
  },
  {
    rule: "max below min is refused",
    ask: (sdk) =>
      sdk.autoscaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, MinSize: 3, MaxSize: 2 })),
    answer: { error: "ValidationError" },
    moto: "takes any bounds",
  },
  {
    rule: "raising min raises the desired capacity",
    ask: async (sdk) => {
      await sdk.autoscaling.send(
        new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, MinSize: 2, MaxSize: 3 }),
      );
      return group(sdk);
    },
    answer: { MinSize: 2, MaxSize: 3, DesiredCapacity: 2 },
    moto: "has taken 3 from the bounds that AWS refused just before",
  },
  {
    rule: "an instance nobody has cannot go to Standby",
    ask: (sdk) => standby(sdk, NO_INSTANCE),
    answer: { error: "ValidationError" },
    moto: "answers with no activity",
  },
  {
    rule: "nobody goes to Standby below min",
    ask: async (sdk) => standby(sdk, (await group(sdk))?.Instances?.[0]?.InstanceId ?? ""),
    answer: { error: "ValidationError" },
    moto: "takes any number",
  },
  {
    rule: "an instance in Standby stays a member, and the desired capacity shrinks by it until it is back",
    ask: async (sdk) => {
      const bounds = (MinSize: number) =>
        sdk.autoscaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, MinSize, MaxSize: 3 }));
      await bounds(1);
      const InstanceId = (await group(sdk))?.Instances?.[0]?.InstanceId ?? "";
      const member = async () => {
        const { DesiredCapacity, Instances } = (await group(sdk)) ?? {};
        const state = Instances?.find((each) => each.InstanceId === InstanceId)?.LifecycleState;
        return { DesiredCapacity, state };
      };
      const { Activities } = await standby(sdk, InstanceId);
      const during = await until(member, ({ state }) => state === "Standby");
      await sdk.autoscaling.send(new ExitStandbyCommand({ AutoScalingGroupName: GROUP, InstanceIds: [InstanceId] }));
      const after = await until(member, ({ state }) => state === "InService");
      await bounds(2);
      return { description: Activities?.[0]?.Description?.replace(InstanceId, "ID"), during, after };
    },
    answer: {
      description: "Moving EC2 instance to Standby: ID",
      during: { DesiredCapacity: 1, state: "Standby" },
      after: { DesiredCapacity: 2, state: "InService" },
    },
    moto: "has sent it to Standby below min just before, and writes StandBy",
  },
  {
    rule: "an instance that is not in Standby cannot come back from it",
    ask: async (sdk) => {
      const InstanceIds = [(await group(sdk))?.Instances?.[0]?.InstanceId ?? ""];
      return sdk.autoscaling.send(new ExitStandbyCommand({ AutoScalingGroupName: GROUP, InstanceIds }));
    },
    answer: { error: "ValidationError" },
    moto: "raises the desired capacity",
  },
  {
    rule: "suspended processes are listed until they are resumed",
    ask: async (sdk) => {
      const processes = { AutoScalingGroupName: GROUP, ScalingProcesses: ["HealthCheck"] };
      await sdk.autoscaling.send(new SuspendProcessesCommand(processes));
      const during = (await group(sdk))?.SuspendedProcesses?.some((each) => each.ProcessName === "HealthCheck");
      await sdk.autoscaling.send(new ResumeProcessesCommand(processes));
      const after = (await group(sdk))?.SuspendedProcesses?.some((each) => each.ProcessName === "HealthCheck");
      return { during, after };
    },
    answer: { during: true, after: false },
  },
  {
    rule: "a protected instance says so",
    ask: async (sdk) => {
      const InstanceIds = [(await group(sdk))?.Instances?.[0]?.InstanceId ?? ""];
      const set = (ProtectedFromScaleIn: boolean) =>
        sdk.autoscaling.send(
          new SetInstanceProtectionCommand({ AutoScalingGroupName: GROUP, InstanceIds, ProtectedFromScaleIn }),
        );
      await set(true);
      const during = (await group(sdk))?.Instances?.[0]?.ProtectedFromScaleIn;
      await set(false);
      return { during, after: (await group(sdk))?.Instances?.[0]?.ProtectedFromScaleIn };
    },
    answer: { during: true, after: false },
  },
  {
    rule: "the health of an instance nobody has cannot be set",
    ask: (sdk) =>
      sdk.autoscaling.send(new SetInstanceHealthCommand({ InstanceId: NO_INSTANCE, HealthStatus: "Unhealthy" })),
    answer: { error: "ValidationError" },
    moto: "answers as EC2 does, InvalidInstanceID.NotFound",
  },
  {
    rule: "a lifecycle hook has AWS's defaults",
    ask: async (sdk) => {
      await sdk.autoscaling.send(
        new PutLifecycleHookCommand({ ...HOOK, LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING" }),
      );
      const { LifecycleHooks } = await sdk.autoscaling.send(
        new DescribeLifecycleHooksCommand({ AutoScalingGroupName: GROUP }),
      );
      return LifecycleHooks?.[0];
    },
    answer: {
      LifecycleHookName: "drain",
      LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      HeartbeatTimeout: 3600,
      GlobalTimeout: 172_800,
      DefaultResult: "ABANDON",
    },
  },
  {
    rule: "a lifecycle action that nobody waits for cannot be completed",
    ask: (sdk) =>
      sdk.autoscaling.send(
        new CompleteLifecycleActionCommand({ ...HOOK, InstanceId: NO_INSTANCE, LifecycleActionResult: "CONTINUE" }),
      ),
    answer: { error: "ValidationError" },
    moto: "answers with an HTML error page: it does not know the action",
  },
  {
    rule: "a lifecycle action that nobody waits for has no heartbeat",
    ask: (sdk) => sdk.autoscaling.send(new RecordLifecycleActionHeartbeatCommand({ ...HOOK, InstanceId: NO_INSTANCE })),
    answer: { error: "ValidationError" },
    moto: "answers with an HTML error page: it does not know the action",
  },
  {
    rule: "an instance refresh that does not run cannot be cancelled",
    ask: (sdk) => sdk.autoscaling.send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: GROUP })),
    answer: { error: "ActiveInstanceRefreshNotFoundFault" },
    moto: "answers with an HTML error page: it does not know the action",
  },
];
