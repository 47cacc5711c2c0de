import { spawnSync } from "node:child_process";
import path from "node:path";

/** Builds the console into a folder. Throws with what the build says. */
export function buildConsole(folder: string): void {
  const script = path.resolve(import.meta.dirname, "../console/build.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, `--outdir=${folder}`], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}
