import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type FleetConfig, offlineServices } from "@compose-fleet/fleet";
import type { Runner } from "@compose-fleet/process";
import { CliError } from "@compose-fleet/process";
import { renderStackWorker } from "@compose-fleet/render";
import { type Review, reviewServices } from "./review-services.ts";
import { type ComposeFile, isFolder } from "./staged-folder.ts";

const STACK = "stack-worker";
/** Not part of what a worker gets, or rendered anew. */
const LEFT_OUT = /^(test|rendered|node_modules|\.env$)(\/|$)|\.test\.ts$|\.d\.mts$/;

/** Reviews the project's stack-worker as this fleet would run it. Throws `CliError` where the folder is not there or cannot be read. */
export async function reviewWorkerStack(runner: Runner, root: string, config: FleetConfig): Promise<Review> {
  const folder = join(root, STACK);
  if (!(await isFolder(folder))) throw new CliError(`${folder} is not there: run this in a copy of the whole project.`);
  const rendered = renderStackWorker(config).map(
    ({ path, content, mode = 0o644 }): ComposeFile => ({
      path: path.slice(STACK.length + 1),
      mode,
      content: Buffer.from(content),
    }),
  );
  return reviewServices(
    runner,
    [...(await readFiles(folder)), ...rendered],
    Object.keys(config.services),
    offlineServices(config),
  );
}

async function readFiles(folder: string): Promise<ComposeFile[]> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => !LEFT_OUT.test(path));
  const files = paths.map(async (path): Promise<ComposeFile[]> => {
    // A link to nothing is missing, as it is on a worker.
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (!found?.isFile()) return [];
    const content = await readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => error);
    if (!Buffer.isBuffer(content))
      throw new CliError(`${join(folder, path)} cannot be read (${content.code}): check its permissions.`);
    return [{ path, mode: found.mode & 0o111 ? 0o755 : 0o644, content }];
  });
  return (await Promise.all(files)).flat();
}
