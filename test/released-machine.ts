import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { renderStackPrometheus, renderStackWorker } from "@compose-fleet/render";
import { type Deployment, type DeployOptions, deploy } from "./code-deploy.ts";
import { type FakeEngine, startFakeEngine } from "./fake-engine.ts";

const ROOT = resolve(import.meta.dirname, "..");

/** A machine with production's scripts and hooks, a fake engine, and everything else real. */
export interface ReleasedMachine {
  readonly home: string;
  readonly engine: FakeEngine;
  at(...path: string[]): string;
  /** Installs a revision as CodeDeploy does. */
  release(name: string, options?: DeployOptions): Promise<Deployment>;
  /** Runs a script of what is installed. */
  script(name: string): Promise<Pick<Deployment, "code" | "stdout" | "stderr">>;
  /** Replaces a file of a revision that is yet to be installed. */
  edit(name: string, path: string, text: string): void;
  /** What a release has to leave: files that run, revisions that are kept, state, containers. */
  state(): Readonly<Record<string, string>>;
  /** Keeps everything as it is, for `back`. */
  keep(): void;
  /** As it was kept last. */
  back(): void;
  remove(): void;
}

export interface MachineOptions {
  readonly kind: "worker" | "prometheus";
  /** By revision: the fleet file, and texts of files that are added or replaced; undefined removes one. */
  readonly revisions: Readonly<
    Record<string, { readonly fleet: object; readonly files?: Readonly<Record<string, string | undefined>> }>
  >;
}

/** Makes the machine; nothing runs on it and nothing is installed. */
export async function createReleasedMachine({ kind, revisions }: MachineOptions): Promise<ReleasedMachine> {
  const engine = await startFakeEngine(Date.now);
  // In memory where there is such a folder: the scripts sync what they write, and a busy disk takes its time.
  const base = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "fleet-machine-"));
  const home = join(base, "opt");
  const stack = `stack-${kind}`;
  const at = (...path: string[]): string => join(home, ...path);
  mkdirSync(at("bin"), { recursive: true });
  for (const [file, text] of Object.entries({ ...programs, docker: engine.client })) {
    writeFileSync(at("bin", file), text);
    chmodSync(at("bin", file), 0o755);
  }
  const facts = `FLEET_NAME='demo'\nFLEET_ENVIRONMENT='production'\nFLEET_PARAMETER_COMMAND='${at("bin/parameter")}'\n`;
  writeFileSync(at("worker.env"), `${facts}FLEET_STATE_DIR='${at("state")}'\n`);
  writeFileSync(
    at("monitoring.env"),
    `${facts}FLEET_SECRETS_DIR='${at("secrets")}'\nFLEET_SECRETS_GID='${process.getgid?.()}'\nFLEET_FILE='./fleet.yaml'\n`,
  );
  for (const [name, { fleet, files = {} }] of Object.entries(revisions))
    writeArchive(stack, join(base, "archives", name), name, fleet, files);

  const environment = {
    // biome-ignore lint/style/noProcessEnv: scripts need a PATH to run
    PATH: `${at("bin")}:${process.env.PATH}`,
    FLEET_WORKER_ENV: at("worker.env"),
    FLEET_MONITORING_ENV: at("monitoring.env"),
    RELEASE_MIN_FREE_MIB: "1",
    RELEASE_LOCK_SECONDS: "1",
    REJOIN_SECONDS: "0",
  };
  let unpacked = 0;
  let kept: Pick<FakeEngine, "containers" | "images"> = { containers: [], images: [] };
  return {
    home,
    engine,
    at,
    release: (name, options = {}) => {
      unpacked += 1;
      const archive = join(base, `unpacked-${unpacked}`);
      cpSync(join(base, "archives", name), archive, { recursive: true });
      return deploy(home, archive, {
        ...options,
        env: { ...environment, ...options.env },
      });
    },
    script: (name) =>
      promisify(execFile)(at(stack, name), { env: environment }).then(
        (ended) => ({ code: 0, ...ended }),
        (error) => error,
      ),
    edit: (name, path, text) => writeFileSync(join(base, "archives", name, path), text),
    state: () => ({
      ...treeOf(at(stack), "live"),
      ...treeOf(at(kind === "worker" ? "revisions" : "revisions-monitoring"), "kept"),
      ...treeOf(at(kind === "worker" ? "state" : "secrets"), "state"),
      containers: engine.containers
        .map(({ service, definition, image, state, isTrial }) =>
          [service, definition, image, state, ...(isTrial ? ["trial"] : [])].join(" "),
        )
        .sort()
        .join("\n"),
    }),
    keep: () => {
      kept = structuredClone({ containers: engine.containers, images: engine.images });
      rmSync(join(base, "kept"), { recursive: true, force: true });
      cpSync(home, join(base, "kept"), { recursive: true, preserveTimestamps: true });
    },
    back: () => {
      Object.assign(engine, structuredClone(kept), { asked: [], told: [] });
      rmSync(home, { recursive: true, force: true });
      cpSync(join(base, "kept"), home, { recursive: true, preserveTimestamps: true });
    },
    remove: () => {
      engine.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Programs of the machine that need more than a shell. */
const programs: Readonly<Record<string, string>> = {
  parameter: `#!/bin/sh\ncase "$1" in */replicas) echo '{"service-a": 3}' ;; *) echo "value of \${1##*/}" ;; esac\n`,
  // A hash that is always the same for a password.
  htpasswd: `#!/bin/bash -p
password=$(cat)
hash=$(printf %s "$password" | sha256sum | cut -c 1-20)
case $1 in -vi) grep -qx "$3:$hash" "$2" ;; *) echo "\${!#}:$hash" ;; esac
`,
};

function writeArchive(
  stack: string,
  archive: string,
  name: string,
  fleet: object,
  files: Readonly<Record<string, string | undefined>>,
): void {
  const parsed = parseFleetConfig(fleet);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const filter = (path: string) => !/\/(test|rendered|node_modules|grafana)$|\.test\.ts$/.test(path);
  cpSync(join(ROOT, stack), archive, { recursive: true, filter });
  const rendered = stack === "stack-worker" ? renderStackWorker(parsed.config) : renderStackPrometheus(parsed.config);
  const all = Object.fromEntries(rendered.map(({ path, content }) => [path.slice(stack.length + 1), content]));
  const more = { "fleet.yaml": `# ${name}\n`, "revision.json": JSON.stringify({ revision: name }), ...files };
  for (const [path, text] of Object.entries({ ...all, ...more })) {
    const file = join(archive, path);
    mkdirSync(join(file, ".."), { recursive: true });
    if (text === undefined) rmSync(file, { recursive: true });
    else writeFileSync(file, text);
  }
}

/** Locks are of no interest, nor when something was told to read its files, nor a list of checksums, which has no order. */
const NO_STATE = /(^|\/)(lock|\.lock|\.start\.lock|release\.lock|reloaded|\.sha256)(\/|$)/;

function treeOf(folder: string, label: string): Record<string, string> {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  const found = entries.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (NO_STATE.test(name)) return [];
    const stat = lstatSync(path);
    const mode = (stat.mode & 0o777).toString(8);
    if (stat.isDirectory()) return [[`${label}/${name}`, `folder ${mode}`] as const];
    if (stat.isSymbolicLink()) return [[`${label}/${name}`, `link to ${readlinkSync(path)}`] as const];
    const hash = createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 12);
    return [[`${label}/${name}`, `${hash} ${mode}`] as const];
  });
  return Object.fromEntries(found.sort());
}
