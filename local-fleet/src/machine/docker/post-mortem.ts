import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Runner } from "@compose-fleet/process";
import { docker, FLEET_LABEL } from "./docker.ts";

const TIMEOUT_MS = 10_000;
/** Lines of each container's log that are shown; the file has more. */
const SHOWN_LINES = 12;
const SAVED_LINES = 2_000;
const FIELDS = "{{.Name}}\t{{.State.Status}}\t{{.State.ExitCode}}\t{{.RestartCount}}\t{{.State.Error}}";
const HEALTH = "{{if .State.Health}}{{.State.Health.Status}}{{end}}";

/** One container that is not well, in words. */
interface Sick {
  readonly name: string;
  readonly how: string;
}

/**
 * Saves the logs of a fleet's containers that ended with an error, start over and over or are unhealthy, before they are removed:
 * one file each in `folder`. Returns the end of each, for people. Never throws: what cannot be asked is left out.
 */
export async function savePostMortem(deps: {
  readonly runner: Runner;
  readonly name: string;
  readonly folder: string;
}): Promise<string[]> {
  const ask = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await deps.runner.run({ ...docker(...args), timeoutMs: TIMEOUT_MS });
    return exitCode === 0 ? { stdout, stderr } : undefined;
  };
  const listed = await ask("ps", "--all", "--quiet", "--filter", `label=${FLEET_LABEL}=${deps.name}`);
  const ids = listed?.stdout.split("\n").filter((line) => line !== "") ?? [];
  if (ids.length === 0) return [];
  const inspected = await ask("inspect", "--format", `${FIELDS}\t${HEALTH}`, ...ids);
  const sick = (inspected?.stdout ?? "").split("\n").flatMap(diagnose);
  return Promise.all(
    sick.map(async ({ name, how }) => {
      const log = await ask("logs", "--timestamps", "--tail", String(SAVED_LINES), name);
      const text = inOrder(`${log?.stdout ?? ""}\n${log?.stderr ?? ""}`);
      const file = join(deps.folder, `${name}.log`);
      const saved = await mkdir(deps.folder, { recursive: true })
        .then(() => writeFile(file, `${text}\n`, { mode: 0o600 }))
        .then(
          () => `, its log is in ${file}`,
          () => "",
        );
      const shown = text.split("\n").slice(-SHOWN_LINES).join("\n") || "it wrote nothing";
      return `--- ${name} ${how}${saved}\n${shown}`;
    }),
  );
}

/** A line of `docker inspect`; nothing when the container is well, or ended as it should. */
function diagnose(line: string): Sick[] {
  const [path = "", status = "", code = "", restarts = "", error = "", health = ""] = line.split("\t");
  const name = path.replace(/^\//, "");
  if (name === "") return [];
  if (error !== "") return [{ name, how: `could not be started: ${error}` }];
  if (status === "exited" || status === "dead")
    return code === "0" ? [] : [{ name, how: `ended with exit code ${code}` }];
  if (status === "restarting" || Number(restarts) > 0)
    return [{ name, how: `was started again ${restarts} times, the last exit code was ${code}` }];
  return health === "unhealthy" ? [{ name, how: "is unhealthy" }] : [];
}

/** Docker gives standard output and standard error apart; the timestamps put them in order again. */
function inOrder(text: string): string {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .sort()
    .join("\n");
}
