export { type CronTimes, cronTimes } from "./cron.ts";
export { prometheusDuration } from "./duration.ts";
export * from "./fleet-metrics.ts";
export { type Architecture, architectureOf } from "./instance-type.ts";
export { DEFAULT_TIMEZONE, type JobConfig, longestJobSeconds } from "./jobs.ts";
export { type FleetHook, lifecycleHooks } from "./lifecycle-hooks.ts";
export { DEREGISTRATION_SECONDS, IDLE_SECONDS } from "./load-balancer.ts";
export { machineImage } from "./machine-image.ts";
export { type MachineKind, machineKinds } from "./machines.ts";
export { beginningOf, type FleetNames, fleetNames, fleetPrefix, shortName } from "./names.ts";
export { addressText, parseNetwork, subnetCidr } from "./network.ts";
export {
  type NotifierName,
  type NotifierVariable,
  notifierNames,
  notifiers,
  notifierVariable,
} from "./notifiers.ts";
export * from "./own-images.ts";
export { type Fault, type ParseResult, parseFleetConfig } from "./parse.ts";
export { HEALTH_PATH, PORTS } from "./ports.ts";
export { memoryBytes, sizeBytes } from "./primitives.ts";
export { OPEN_PORTS, type Reach, reachTarget } from "./reaches.ts";
export { type FleetDocument, parseFleetText, readFleetText } from "./read-text.ts";
export { revisionBucket, revisionBucketPrefix } from "./revision-bucket.ts";
export { hiddenRoutes, routesByHost } from "./routes.ts";
export type { ScalingConfig } from "./scaling.ts";
export type { ScheduleConfig } from "./schedules.ts";
export { type FleetConfig, type FleetConfigInput, fleetJsonSchema, RESERVED_SERVICE_NAMES } from "./schema.ts";
export { type FleetSecret, fleetSecrets, loginFault, loginSecrets } from "./secrets.ts";
export { offlineServices, type ServiceConfig } from "./service.ts";
export { BUFFERED_BODY_BYTES, DEFAULT_TIMEOUT_SECONDS } from "./service-http.ts";
export { type HttpService, httpServices, isHttp, kindOf, type ServiceKind } from "./service-kind.ts";
export { type WindowState, windowState } from "./windows.ts";
