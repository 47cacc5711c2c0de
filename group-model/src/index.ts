export { ACTIVITY_LIMIT, type Activity, type ActivityStatus } from "./activity.ts";
export {
  instanceGone,
  instanceLost,
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
  type Moment,
  type Outcome,
  type Refusal,
} from "./group.ts";
export { defaultVictim } from "./reconcile.ts";
export { createGroup, type GroupSpec, setDesired, terminateInstance } from "./requests.ts";
