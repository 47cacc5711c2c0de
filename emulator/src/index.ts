export { type BalancerMachine, createLoadBalancer, type LoadBalancer } from "./balancer/load-balancer.ts";
export type { TargetState } from "./balancer/target-group.ts";
export { createEventQueue, type EventQueue } from "./cloud/event-queue.ts";
export { createInstanceStore, type Ec2State, type InstanceStore } from "./cloud/instance-store.ts";
export { answerLaunchingHook } from "./cloud/launching-hook.ts";
export { type Lifecycle, nextLifecycle } from "./cloud/lifecycle-mix.ts";
export { createWorkerGroup, type Machine, type WorkerGroup } from "./cloud/worker-group.ts";
export { type Disturbances, noDisturbances, readAlarmStates } from "./disturbances/disturbances.ts";
export { createEmulatedCloud, loadDocuments, zoneNames } from "./emulated-cloud.ts";
export { newAccessKeyId, newDeploymentId, newGroupId, newSecret, newUuid } from "./ids.ts";
export { launchRefusal } from "./refusals/no-capacity.ts";
export { type AlarmConfiguration, alarmStop, NO_ALARMS } from "./releases/alarms.ts";
export { createDeployment, type Deployment, isActive } from "./releases/deployment.ts";
export { createDeployments, type Deployments, type FirstStart } from "./releases/deployments.ts";
export type { ReleaseAgent } from "./releases/instance-turn.ts";
export {
  type Diagnostics,
  LIFECYCLE_EVENTS,
  type LifecycleEventName,
  type Revision,
  SUCCESS,
} from "./releases/lifecycle.ts";
export { AUTO_ROLLBACK } from "./releases/settings.ts";
export type { RunningRegistry } from "./services/ecr.ts";
export { machineEvent } from "./services/machine-events.ts";
export { createObjectStore, type ObjectStore } from "./services/s3/object-store.ts";
export type { ScriptRunner } from "./services/ssm/commands.ts";
export { createParameterStore } from "./services/ssm/parameters.ts";
