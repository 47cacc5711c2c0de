export { openPlace, type ReleasePlace } from "./place.ts";
export { author, followDeps, makeDeps } from "./release-deps.ts";
export { type RollOutResult, rollOut } from "./roll-out.ts";
export type { StackFile } from "./stack-file.ts";
export { stageStack } from "./stage.ts";
export { packTgz } from "./tar.ts";
