export { type ConstantLoad, withConstantLoad } from "./constant-load.ts";
export { loadDefaults } from "./load-defaults.ts";
export { type LoadProcess, startLoad } from "./load-process.ts";
export { loopbackTarget, TargetError } from "./loopback-target.ts";
export type { LoadFailure, LoadSecond, LoadSummary } from "./messages.ts";
export { type Profile, profileDurationMs, ramp, steady, step } from "./profile.ts";
export { sampleTarget } from "./sample-target.ts";
