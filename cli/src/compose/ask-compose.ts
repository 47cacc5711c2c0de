import type { ComposeAnswer } from "@compose-fleet/compose";
import type { Runner } from "@compose-fleet/process";
import { command, tailOf } from "@compose-fleet/process";

/** Of this process's environment compose gets these: a worker has none of the variables that happen to be set here. */
const PASSED_ON = ["PATH", "HOME", "DOCKER_CONFIG"];
const TIMEOUT_MS = 60_000;
/** `include` with several files, and `!reset` in them. */
const LEAST = { major: 2, minor: 24 };

/** Which compose there is; or why there is none that can be asked. */
export async function findCompose(
  runner: Runner,
): Promise<{ readonly version: string } | { readonly missing: string }> {
  const result = await runner.run({ ...command("docker", "compose", "version", "--short"), timeoutMs: TIMEOUT_MS });
  if (result.missing) return { missing: "docker is not installed" };
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(result.stdout.trim()) ?? [];
  if (result.exitCode !== 0 || major === undefined) return { missing: "docker has no compose plugin" };
  if (Number(major) < LEAST.major || (Number(major) === LEAST.major && Number(minor) < LEAST.minor))
    return {
      missing: `docker compose is ${result.stdout.trim()}, and workers run ${LEAST.major}.${LEAST.minor} or later`,
    };
  return { version: result.stdout.trim() };
}

/** Runs `docker compose -f FILE config OPTIONS` in a folder, which compose's words call `name`. Needs no engine. */
export async function askCompose(
  runner: Runner,
  { folder, name }: { readonly folder: string; readonly name: string },
  file: string,
  ...options: readonly string[]
): Promise<ComposeAnswer> {
  const result = await runner.run({
    ...command("docker", "compose", "-f", file, ...options),
    cwd: folder,
    onlyEnv: PASSED_ON,
    timeoutMs: TIMEOUT_MS,
  });
  const lines = result.stderr.split("\n");
  const warnings = lines.flatMap((line) => {
    const text = /level=warning msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
    return text === undefined ? [] : [text.replaceAll('\\"', '"').replaceAll(folder, name)];
  });
  if (result.exitCode === 0) return { ok: true, output: result.stdout, warnings: [...new Set(warnings)] };
  if (result.missing) return { ok: false, said: "docker is not installed" };
  if (result.timedOut) return { ok: false, said: `docker compose did not end within ${TIMEOUT_MS / 1000} s` };
  const stderr = lines.filter((line) => !/^time="/.test(line)).join("\n");
  return { ok: false, said: tailOf({ ...result, stderr }).replaceAll(folder, name) };
}
