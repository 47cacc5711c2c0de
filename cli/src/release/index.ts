export { author } from "./author.ts";
export { openPlace, type ReleasePlace } from "./place.ts";
export { followDeps, makeDeps } from "./release-deps.ts";
export { rollOut } from "./roll-out.ts";
export type { RollOutResult } from "./roll-out-result.ts";
export type { StackFile } from "./stack-file.ts";
export { stageStack } from "./stage.ts";
export { packTgz } from "./tar.ts";
