import type { HealerDeps } from "./healer.mjs";

export function orderFolder(folder: string): HealerDeps["orders"];
