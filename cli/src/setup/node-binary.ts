import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Runner } from "@compose-fleet/local-fleet/process";
import { must } from "./must.ts";

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
    const args = ["pack", "--silent", `${name}@${major}`, "--pack-destination", folder];
    await must(runner, { file: "npm", args, cwd: folder }, `could not get Node ${major} from npm's registry`);
  }
  const found = await find();
  if (found?.[1] === undefined) throw new Error(`npm pack left no ${name}-${major}.*.tgz in ${folder}`);
  return { version: found[1], archive: join(folder, found[0]) };
}
