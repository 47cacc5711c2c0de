import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** By its name, the script of each command: reads Parameter Store; fetches a revision from S3. */
const COMMANDS = {
  "fleet-local-parameter": new URL("get-parameter.mjs", import.meta.url),
  "fleet-local-object": new URL("get-object.mjs", import.meta.url),
};

/** Writes the commands into a folder by which a worker's scripts ask AWS. */
export async function writeInstanceCommands(binDir: string, socketPath: string, accessKeyId: string): Promise<void> {
  await mkdir(binDir, { recursive: true });
  for (const [name, url] of Object.entries(COMMANDS)) {
    const script = fileURLToPath(url);
    const words = [process.execPath, script, socketPath, accessKeyId].map(
      (word) => `'${word.replaceAll("'", "'\\''")}'`,
    );
    const path = join(binDir, name);
    await writeFile(path, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
    await chmod(path, 0o700);
  }
}
