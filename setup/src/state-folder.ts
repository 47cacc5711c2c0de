import { join } from "node:path";
import { checkWritable, PathError, whyOf } from "@compose-fleet/files";
import { SetupError } from "./setup-error.ts";

/** What set-up writes beside downloads: a list of images. Bytes. */
const ROOM_BYTES = 64 * 1024;

/** What to do about a folder that nobody named, by the file system's code. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "make room (df -h; its folder cache may be removed, and docker system df shows what images take)",
  EDQUOT: "make room (quota; its folder cache may be removed)",
  EROFS: "copy the project to where it can be written",
  EACCES: "change its owner or its permissions",
  EPERM: "change its owner or its permissions",
};

/** Looks whether set-up can keep its files in `.fleet`, before anything is asked of Docker. Leaves nothing. Throws `SetupError` (exit code 2). */
export async function checkStateFolder(folder: string): Promise<void> {
  try {
    await checkWritable(join(folder, "images.env"), ROOM_BYTES);
  } catch (error) {
    const cause = error instanceof PathError ? error.cause : error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const remedy = REMEDIES[code] ?? "remove what is in its way";
    throw new SetupError(
      `${folder}, where set-up keeps its files, cannot be written: ${whyOf(cause)}. Nothing was changed: ${remedy}, then try again.`,
    );
  }
}
