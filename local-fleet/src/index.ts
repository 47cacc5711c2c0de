export type { Ec2State, TargetState } from "@compose-fleet/emulator";
export { cleanUp } from "./clean-up.ts";
export { controlSocket, readStatus, requestShutdown } from "./control.ts";
export { createLocalFleet, type LocalFleet, type LocalFleetDeps } from "./local-fleet.ts";
export { FLEET_LABEL } from "./machine/docker.ts";
export {
  type LocalFleetOptions,
  type LocalFleetOptionsInput,
  localFleetOptionsSchema,
  OptionsError,
  parseLocalFleetOptions,
} from "./options.ts";
export type { FleetEvent, OnEvent } from "./progress.ts";
export type { LocalFleetStatus, WorkerStatus } from "./status.ts";
