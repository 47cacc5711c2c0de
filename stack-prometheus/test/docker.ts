import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readImages } from "../../test/images.ts";

export const STACK = fileURLToPath(new URL("..", import.meta.url));

export interface Result {
  readonly code: number;
  /** stdout and stderr, as they came. */
  readonly output: string;
  readonly stdout: string;
}

/** Runs a program to its end; a failing program is a result, not an error. Environment values are added to our own. */
export function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = STACK,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    // biome-ignore lint/style/noProcessEnv: docker needs PATH and HOME of whoever runs the tests
    const options = { cwd, env: { ...process.env, ...env }, timeout: 280_000, maxBuffer: 16 * 1024 ** 2 };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr, stdout });
    });
  });
}

/** `docker …`, which has to succeed; its stdout without the last line end. */
export async function docker(...args: string[]): Promise<string> {
  const { code, output, stdout } = await run("docker", args);
  if (code !== 0) throw new Error(`docker ${args.join(" ")} exited with ${code}: ${output}`);
  return stdout.trimEnd();
}

/** The image of this variable; throws a sentence where set-up has not run or does not know it. */
export function image(variable: string): string {
  const name = readImages()[variable];
  if (name === undefined) throw new Error(`.fleet/images.env names no ${variable}: run \`npx fleet setup\` again`);
  return name;
}

/** A container without network that waits for `exec`, so that many checks pay for one start. */
export async function toolbox(imageName: string, mounts: readonly string[]) {
  const volumes = mounts.flatMap((mount) => ["-v", mount]);
  const id = await docker(
    "run",
    "-d",
    "--rm",
    "--network",
    "none",
    ...volumes,
    "--entrypoint",
    "sleep",
    imageName,
    "3600",
  );
  return {
    exec: (...command: string[]) => run("docker", ["exec", id, ...command]),
    remove: () => docker("rm", "-f", "-v", id),
  };
}

/** A folder that containers of any user can read, gone after `remove`. */
export async function scratchFolder(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(path.join(tmpdir(), "fleet-test-"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  const opened = await run("chmod", ["-R", "a+rX", folder]);
  if (opened.code !== 0) throw new Error(opened.output);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
