import { chmod, copyFile, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MODULE = fileURLToPath(new URL("clock-shift.mjs", import.meta.url));
/** Where the folder of a clock is inside its container. */
const MOUNT = "/run/fleet-clock";

function clockFolder(stateDir: string, service: string): string {
  return join(stateDir, "monitoring", "clocks", service);
}

/** What a wh's container needs so that its clock can be moved: added to production's compose file by local fleets only. */
export function clockOverride(stateDir: string, service: string) {
  return {
    environment: { NODE_OPTIONS: `--import=file://${MOUNT}/clock-shift.mjs` },
    volumes: [`${clockFolder(stateDir, service)}:${MOUNT}:ro`],
  };
}

/** Prepares the folder of one wh's clock, which is right. */
export async function prepareClock(stateDir: string, service: string): Promise<void> {
  const folder = clockFolder(stateDir, service);
  await mkdir(folder, { recursive: true });
  for (const path of [join(stateDir, "monitoring", "clocks"), folder]) await chmod(path, 0o755);
  const module = join(folder, "clock-shift.mjs");
  await copyFile(MODULE, module);
  await chmod(module, 0o644);
  await shiftClock(stateDir, service, 0);
}

/** Moves one wh's clock by this many milliseconds against the machine's; it notices within 200 ms. */
export async function shiftClock(stateDir: string, service: string, ms: number): Promise<void> {
  const path = join(clockFolder(stateDir, service), "shift-ms");
  await writeFile(`${path}.new`, String(ms));
  await chmod(`${path}.new`, 0o644);
  await rename(`${path}.new`, path);
}
