export type { LocalFleetOptions, LocalFleetOptionsInput } from "./control/options.ts";
export type { LocalFleetStatus, WorkerStatus } from "./control/status.ts";
