export { ACTIVITY_LIMIT } from "./activities.ts";
export type { Activity, ActivityStatus } from "./activity.ts";
export {
  instanceDeregistered,
  instanceEntersService,
  instanceGone,
  instanceRunning,
  instanceShuttingDown,
  launchFailed,
  retryLaunches,
} from "./events.ts";
export {
  activeInstances,
  type Effect,
  type Group,
  type GroupInstance,
  type InstanceState,
  isLeaving,
  isStandby,
  type Moment,
  type Outcome,
  type Refusal,
  SCALING_PROCESSES,
  type ScalingProcess,
  type TerminateWhileSuspended,
} from "./group.ts";
export { instanceLost, setInstanceHealth } from "./health.ts";
export type { InstanceRefresh } from "./instance-refresh.ts";
export {
  completeLifecycleAction,
  type LifecycleRequest,
  putLifecycleHook,
  recordHeartbeat,
} from "./lifecycle.ts";
export { type LifecycleHook, type LifecycleResult, longestWaitSeconds } from "./lifecycle-hook.ts";
export { defaultVictim } from "./reconcile.ts";
export { cancelRefresh, startRefresh } from "./refresh.ts";
export { createGroup, type GroupSpec, setDesired, setProtection, terminateInstance, updateGroup } from "./requests.ts";
export { enterStandby, exitStandby, instanceInStandby, instanceOutOfStandby, type StandbyRequest } from "./standby.ts";
export { resumeProcesses, suspendProcesses, upkeep } from "./upkeep.ts";
