import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const STACK = resolve(import.meta.dirname, "..");

/** How a script ended. */
export interface ScriptEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Production's scripts on a worker that has a state folder and a Docker which only writes down what it is asked. */
export interface Scripts {
  readonly home: string;
  /** As it was made: no state, whole files. */
  reset(): void;
  /** Path of a file below the state folder. */
  state(path: string): string;
  run(script: string, ...args: string[]): ScriptEnd;
  /** The same with other variables, or as another user. */
  runWith(
    options: { readonly env?: Readonly<Record<string, string>>; readonly uid?: number },
    script: string,
    ...args: string[]
  ): ScriptEnd;
  /** Writes a file of the fake Docker: `replicas`, `images`, `pulls`. */
  docker(file: string, lines: readonly string[]): void;
  /** What `sleep` was asked for since the last call, seconds, where it is fake. */
  slept(): number[];
  /** What Docker was asked since the last call. */
  asked(): string[];
  remove(): void;
}

/** Makes the worker; `secrets` are those of service-a, each with the value "it's NAME". With `fakeSleep` no script waits. */
export function createScripts(
  options: { readonly secrets?: readonly string[]; readonly fakeSleep?: boolean } = {},
): Scripts {
  // In memory where there is such a folder: the scripts sync what they write, and a busy disk takes its time.
  const home = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "fleet-scripts-"));
  chmodSync(home, 0o755);
  const at = (...path: string[]): string => join(home, ...path);
  const write = (path: string, content: string, mode = 0o644): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode });
  };
  cpSync(STACK, at("stack-worker"), {
    recursive: true,
    filter: (path) => !/\/(test|node_modules)$|\.test\.ts$/.test(path),
  });
  // It would go on beside the scripts, and ask the same Docker.
  write(at("stack-worker/heal.sh"), "#!/bin/sh\n", 0o755);
  cpSync(join(STACK, "test/fake-docker.sh"), at("bin/docker"));
  // Were it not executable, the machine's own Docker would be asked.
  chmodSync(at("bin/docker"), 0o755);
  if (options.fakeSleep) write(at("bin/sleep"), '#!/bin/sh\necho "$1" >>"$FAKE_DOCKER/slept"\n', 0o755);
  const secrets = options.secrets ?? [];
  const reset = (): void => {
    for (const path of ["state", "docker", "worker.env"]) rmSync(at(path), { recursive: true, force: true });
    mkdirSync(at("docker"));
    chmodSync(at("docker"), 0o777);
    write(at("stack-worker/rendered/services.tsv"), "service-a\t1\t10\t3000\t/api/\n");
    write(at("stack-worker/rendered/secrets.tsv"), secrets.length > 0 ? `service-a\t${secrets.join(" ")}\n` : "");
    write(
      at("parameter"),
      `#!/bin/sh\ncase "$1" in */secrets/*) echo "it's \${1##*/}" ;; *) echo "An error occurred (ParameterNotFound)" >&2; exit 254 ;; esac\n`,
      0o755,
    );
    write(
      at("worker.env"),
      `FLEET_NAME='demo'\nFLEET_ENVIRONMENT='test'\nFLEET_STATE_DIR='${at("state")}'\nFLEET_PARAMETER_COMMAND='${at("parameter")}'\n`,
    );
  };
  reset();

  const runWith: Scripts["runWith"] = ({ env = {}, uid }, script, ...args) => {
    const ended = spawnSync(at("stack-worker", script), args, {
      encoding: "utf8",
      timeout: 60_000,
      ...(uid === undefined ? {} : { uid, gid: uid }),
      env: {
        // biome-ignore lint/style/noProcessEnv: scripts need a PATH to run
        PATH: `${at("bin")}:${process.env.PATH}`,
        FAKE_DOCKER: at("docker"),
        FLEET_WORKER_ENV: at("worker.env"),
        ...env,
      },
    });
    if (ended.error) throw ended.error;
    return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
  };
  return {
    home,
    reset,
    state: (path) => at("state", path),
    runWith,
    run: (script, ...args) => runWith({}, script, ...args),
    docker: (file, lines) => write(at("docker", file), lines.map((line) => `${line}\n`).join("")),
    slept: () => takeLines(at("docker/slept")).map(Number),
    asked: () => takeLines(at("docker/asked")),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** The lines of a file, which is gone then. */
function takeLines(path: string): string[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trim().split("\n");
  rmSync(path);
  return lines;
}
