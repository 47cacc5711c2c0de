import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Runner } from "@compose-fleet/process";
import { runStep } from "./run-step.ts";

/** Fetches the npm package that carries the real Node binary for this processor, once. Returns its version and archive. Throws `SetupError`. */
export async function downloadNode(
  runner: Runner,
  major: number,
  folder: string,
): Promise<{ readonly version: string; readonly archive: string }> {
  await mkdir(folder, { recursive: true });
  const name = `node-linux-${process.arch}`;
  const pattern = new RegExp(`^${name}-(${major}\\.\\d+\\.\\d+)\\.tgz$`);
  const find = async () => (await readdir(folder)).map((file) => pattern.exec(file)).find((match) => match !== null);
  if ((await find()) === undefined) {
    // Beside it first: half an archive of a run that was stopped would be taken for a whole one.
    const arriving = join(folder, "arriving");
    await rm(arriving, { recursive: true, force: true });
    await mkdir(arriving);
    const args = ["pack", "--silent", `${name}@${major}`, "--pack-destination", arriving];
    await runStep(runner, { file: "npm", args, cwd: folder }, `could not get Node ${major} from npm's registry`);
    for (const file of await readdir(arriving)) await rename(join(arriving, file), join(folder, file));
  }
  const found = await find();
  if (found?.[1] === undefined) throw new Error(`npm pack left no ${name}-${major}.*.tgz in ${folder}`);
  return { version: found[1], archive: join(folder, found[0]) };
}
