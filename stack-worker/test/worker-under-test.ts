import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { renderStackWorker } from "@compose-fleet/render";
import { writeRendered } from "../../cli/src/render/files.ts";
import { composeDown } from "../../test/docker-leftovers.ts";
import { type Ended, must, run } from "./run.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** A worker of its own on this machine: a copy of stack-worker with its own project, state and free loopback ports. */
export interface WorkerUnderTest {
  /** What an instance has as /opt/fleet, with worker.env. */
  readonly root: string;
  /** Compose project of everything that runs. */
  readonly project: string;
  readonly folder: string;
  readonly stateFolder: string;
  /** Runs start.sh, stop.sh or scale.sh. */
  script(name: string, ...args: string[]): Promise<Ended>;
  /** Runs docker compose in the worker's project; must succeed. */
  compose(...args: string[]): Promise<string>;
  /** Ids of what runs, of this service or of all, the newest first. By Docker, which answers in a tenth of compose's time. */
  containers(service?: string): Promise<string[]>;
  /** Runs a command in a container of this service, and gives what it printed; must succeed. */
  exec(service: string, ...command: string[]): Promise<string>;
  /** Base URL of a port of nginx; known once it runs. */
  url(port: 80 | 8080 | 8443 | 8480): Promise<string>;
  /** Removes everything. */
  remove(): Promise<void>;
}

/** What a test's worker differs in. */
export interface WorkerOptions {
  /** Told apart from other workers of the same test by it. */
  readonly name?: string;
  readonly fleet: object;
  readonly env: Readonly<Record<string, string>>;
  /** Values of SSM parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
}

const OVERRIDE = `services:
  nginx:
    ports: !override ["127.0.0.1::80", "127.0.0.1::8080", "127.0.0.1::8443", "127.0.0.1::8480"]
`;

/** Makes the worker's folders; starts nothing. */
export async function createWorker(options: WorkerOptions): Promise<WorkerUnderTest> {
  const parsed = parseFleetConfig(options.fleet);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const home = await mkdtemp(join(tmpdir(), "fleet-worker-"));
  const folder = join(home, "stack-worker");
  const stateFolder = join(home, "state");
  await cp(join(ROOT, "stack-worker"), folder, { recursive: true });
  for (const service of ["greeter", "echo"])
    await cp(join(folder, `test/fixtures/${service}.yml`), join(folder, `services/${service}.yml`));
  await writeRendered(home, renderStackWorker(parsed.config));
  await writeFile(join(home, "override.yml"), OVERRIDE);
  const parametersFolder = join(home, "parameters");
  for (const [name, value] of Object.entries(options.parameters)) {
    await mkdir(join(parametersFolder, name, ".."), { recursive: true });
    await writeFile(join(parametersFolder, name), value);
  }
  await writeFile(
    join(home, "parameter.sh"),
    `#!/bin/sh\n[ -f "${parametersFolder}$1" ] || { echo "An error occurred (ParameterNotFound)" >&2; exit 254; }\nexec cat "${parametersFolder}$1"\n`,
    { mode: 0o755 },
  );

  const project = ["fleet-worker-test", process.pid, options.name].filter(Boolean).join("-");
  const workerEnv = {
    FLEET_NAME: parsed.config.name,
    FLEET_ENVIRONMENT: parsed.config.environment,
    WORKER_ID: "i-test",
    FLEET_STATE_DIR: stateFolder,
    FLEET_PARAMETER_COMMAND: join(home, "parameter.sh"),
    COMPOSE_PROJECT_NAME: project,
    COMPOSE_FILE: `compose.yml:${join(home, "override.yml")}`,
    ...options.env,
  };
  const lines = Object.entries(workerEnv).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(join(home, "worker.env"), lines.join(""));
  const compose = (...args: string[]): Promise<string> =>
    must("docker", ["compose", ...args], { cwd: folder, env: workerEnv });

  const containers = async (service?: string): Promise<string[]> => {
    const labels = [`project=${project}`, "oneoff=False", ...(service === undefined ? [] : [`service=${service}`])];
    const filters = labels.flatMap((label) => ["--filter", `label=com.docker.compose.${label}`]);
    return (await must("docker", ["ps", "-q", "--no-trunc", ...filters])).split("\n").filter(Boolean);
  };
  const containerOf = async (service: string): Promise<string> => {
    const [container] = await containers(service);
    if (container === undefined) throw new Error(`no container of ${service} runs`);
    return container;
  };

  return {
    root: home,
    project,
    folder,
    stateFolder,
    compose,
    containers,
    exec: async (service, ...command) => must("docker", ["exec", await containerOf(service), ...command]),
    async url(port) {
      const [address] = (await must("docker", ["port", await containerOf("nginx"), String(port)])).split("\n");
      return `http://${address}`;
    },
    script: (name, ...args) => run(join(folder, name), args, { env: { FLEET_WORKER_ENV: join(home, "worker.env") } }),
    async remove() {
      await composeDown(() => compose("down", "--volumes", "--remove-orphans", "--timeout", "3"));
      await rm(home, { recursive: true });
    },
  };
}
