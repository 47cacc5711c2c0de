import type { RecorderDeps } from "./ended-containers.mjs";

export function recordFolder(
  folder: string,
  limits?: { readonly maxBytes?: number; readonly days?: number },
): RecorderDeps["records"];
