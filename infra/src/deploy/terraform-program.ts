import { z } from "zod";
import type { RunCommand } from "../terraform/run-command.ts";

/** The first that locks a state in S3 without a table. */
const OLDEST = [1, 10] as const;

const versionSchema = z.object({ terraform_version: z.string() });

/** Why Terraform cannot be used on this machine, as a sentence; undefined where it can. */
export async function terraformFault(
  run: RunCommand,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const wanted = `Terraform ${OLDEST.join(".")} or newer: https://developer.hashicorp.com/terraform/install`;
  const result = await run({
    file: "terraform",
    args: ["version", "-json"],
    cwd: ".",
    env: { ...env, CHECKPOINT_DISABLE: "1" },
  }).catch(absent);
  if (result === undefined) return `terraform is not on this machine's PATH. Install ${wanted}`;
  const version = versionOf(result.stdout);
  if (result.exitCode !== 0 || version === undefined)
    return `terraform version failed (exit code ${result.exitCode}): ${(result.stderr || result.stdout).trim().slice(0, 500)}`;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
  return `Terraform ${version} is too old to lock its state in S3. Install ${wanted}`;
}

function absent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EACCES"))
    return undefined;
  throw error;
}

function versionOf(text: string): string | undefined {
  try {
    return versionSchema.parse(JSON.parse(text)).terraform_version;
  } catch {
    return undefined;
  }
}
