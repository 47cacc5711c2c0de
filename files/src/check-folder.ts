import { readdir } from "node:fs/promises";
import { PathError } from "./path-error.ts";

/** Rejects with `PathError` where this is no folder that can be read. */
export async function checkFolder(path: string): Promise<void> {
  await readdir(path).catch((error: unknown) => {
    throw new PathError(path, "cannot be read", error);
  });
}
