export { ACTIVITY_LIMIT, type Activity, type ActivityStatus } from "./activity.ts";
export {
  instanceDeregistered,
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
  type Moment,
  type Outcome,
  type Refusal,
  type ScalingProcess,
} from "./group.ts";
export { instanceLost, setInstanceHealth } from "./health.ts";
export {
  completeLifecycleAction,
  instanceEntersService,
  type LifecycleRequest,
  putLifecycleHook,
  recordHeartbeat,
} from "./lifecycle.ts";
export { type LifecycleHook, type LifecycleResult, longestWaitSeconds } from "./lifecycle-hook.ts";
export { defaultVictim } from "./reconcile.ts";
export { cancelRefresh, type InstanceRefresh, startRefresh } from "./refresh.ts";
export { createGroup, type GroupSpec, setDesired, setProtection, terminateInstance, updateGroup } from "./requests.ts";
export { resumeProcesses, suspendProcesses, upkeep } from "./upkeep.ts";
