import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("get-parameter.mjs", import.meta.url));

/** Writes `fleet-local-parameter` into a folder: the command by which a worker's scripts read Parameter Store. */
export async function writeParameterCommand(binDir: string, socketPath: string, accessKeyId: string): Promise<void> {
  await mkdir(binDir, { recursive: true });
  const words = [process.execPath, SCRIPT, socketPath, accessKeyId].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const path = join(binDir, "fleet-local-parameter");
  await writeFile(path, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
  await chmod(path, 0o700);
}
