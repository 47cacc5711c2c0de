import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CliError } from "../cli-error.ts";
import { command, tailOf } from "../setup/command.ts";
import type { Runner } from "../setup/index.ts";
import { type MachineKind, stackFolders } from "./revision.ts";
import type { StackFile } from "./stack-file.ts";

/** Asks compose for the images of a staged stack, each named once. Throws `CliError` with what compose says where it cannot read the stack. */
export async function checkCompose(
  runner: Runner,
  kind: MachineKind,
  files: readonly StackFile[],
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "fleet-stack-"));
  try {
    for (const { path, mode, content } of files) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
      await chmod(target, mode);
    }
    const result = await runner.run({
      ...command("docker", "compose", "-f", "compose.yml", "--profile", "*", "config", "--images"),
      cwd: folder,
      timeoutMs: 60_000,
    });
    if (result.missing) throw new CliError("docker is not installed: compose files are checked by docker compose.");
    if (result.exitCode === 0) return [...new Set(result.stdout.split("\n").filter((image) => image !== ""))];
    const said = tailOf(result).replaceAll(folder, stackFolders[kind]);
    throw new CliError(`compose cannot read ${stackFolders[kind]}. Nothing was changed:\n${said}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
