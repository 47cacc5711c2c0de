import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunningRegistry } from "@compose-fleet/emulator";
import type { Clock } from "@compose-fleet/process";
import { must, type Runner } from "@compose-fleet/process";
import { hash } from "bcryptjs";
import { z } from "zod";
import { docker, dockerNames, labelArguments, REGISTRY_PORT } from "../docker/docker.ts";
import { registryHost } from "./pulled-images.ts";

export interface RegistryDeps {
  readonly runner: Runner;
  readonly clock: Clock;
  readonly stateDir: string;
  readonly fleet: string;
  /** An image of the distribution registry; undefined where set-up named none. */
  readonly image: string | undefined;
  readonly network: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly password: string;
  /** Folder of the user's own Docker client configuration, whose plugins and contexts workers go on using. */
  readonly userDockerConfig: string | undefined;
}

/** The fleet's image registry. */
export interface Registry {
  /** Starts it at the first call. Rejects with a sentence. */
  readonly running: () => Promise<RunningRegistry>;
  /** Folder of a Docker client configuration that knows its password; undefined until it runs. */
  readonly dockerConfig: () => string | undefined;
}

/** As ECR calls its only user. */
const USERNAME = "AWS";
const START_MS = 30_000;
/** Docker's proxy takes a connection before the registry listens, and may then never answer on it. */
const PROBE_MS = 2_000;
const ASK_MS = 15_000;
const COST = 8;
const CONFIG = `version: 0.1
log: { level: warn }
storage:
  filesystem: { rootdirectory: /var/lib/registry }
http: { addr: ":${REGISTRY_PORT}" }
auth:
  htpasswd: { realm: fleet, path: /etc/fleet/htpasswd }
`;
const MANIFESTS = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
].join(", ");
const manifestSchema = z.object({ layers: z.array(z.object({ size: z.number() })).default([]) });
const tagsSchema = z.object({ tags: z.array(z.string()).nullish() });

/** A real registry in a container, published on a free loopback port, with one user. Nothing happens until somebody asks for it. */
export function createRegistry(deps: RegistryDeps): Registry {
  const { runner, stateDir } = deps;
  const container = dockerNames(deps.fleet).registry;
  const folder = join(stateDir, "docker");
  let starting: Promise<RunningRegistry> | undefined;
  let ready = false;

  async function start(): Promise<RunningRegistry> {
    if (deps.image === undefined)
      throw new Error("no image of a registry is known: run `npx fleet setup`, then start the local fleet anew");
    const files = join(stateDir, "registry");
    await mkdir(files, { recursive: true });
    await writeFile(join(files, "htpasswd"), `${USERNAME}:${await hash(deps.password, COST)}\n`);
    await writeFile(join(files, "config.yml"), CONFIG);
    await must(
      runner,
      docker(
        "run",
        ...["--detach", "--name", container, "--network", deps.network, ...labelArguments(deps.labels)],
        ...["--publish", `127.0.0.1::${REGISTRY_PORT}`],
        ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--memory", "256m"],
        ...["--volume", "/var/lib/registry", "--volume", `${files}:/etc/fleet:ro`],
        ...["--log-driver", "json-file", "--log-opt", "max-size=5m"],
        ...["--entrypoint", "registry", deps.image, "serve", "/etc/fleet/config.yml"],
      ),
    );
    const host = await registryHost(runner, deps.fleet);
    if (host === undefined) throw await notAnswering();
    await untilAnswers(host);
    await writeDockerConfig(folder, host, basicToken(deps.password), deps.userDockerConfig);
    ready = true;
    return { endpoint: `http://${host}`, username: USERNAME, password: deps.password, ...reader(host, deps.password) };
  }

  async function untilAnswers(host: string): Promise<void> {
    const deadline = deps.clock.nowMs() + START_MS;
    for (;;) {
      const status = await statusOf(`http://${host}/v2/`).catch(() => undefined);
      // Without a password it says that it wants one.
      if (status === 401) return;
      if (deps.clock.nowMs() > deadline) throw await notAnswering();
      await deps.clock.sleep(100);
    }
  }

  async function notAnswering(): Promise<Error> {
    const log = await runner.run(docker("logs", "--tail", "5", container));
    return new Error(`the registry ${container} does not answer: ${(log.stderr || log.stdout).trim().slice(-400)}`);
  }

  return {
    running: () => {
      starting ??= start().catch(async (error: unknown) => {
        starting = undefined;
        await runner.run(docker("rm", "--force", "--volumes", container));
        throw error;
      });
      return starting;
    },
    dockerConfig: () => (ready ? folder : undefined),
  };
}

async function statusOf(url: string): Promise<number> {
  const { status, body } = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
  await body?.cancel();
  return status;
}

function reader(host: string, password: string): Pick<RunningRegistry, "tags" | "manifest"> {
  const headers = { authorization: `Basic ${basicToken(password)}`, accept: MANIFESTS };
  const ask = async (path: string) => {
    const answer = await fetch(`http://${host}/v2/${path}`, { headers, signal: AbortSignal.timeout(ASK_MS) });
    const text = await answer.text();
    if (answer.status !== 200 && answer.status !== 404)
      throw new Error(`the registry answers ${answer.status} to ${path}: ${text.slice(0, 200)}`);
    return answer.status === 200 ? { text, digest: answer.headers.get("docker-content-digest") ?? "" } : undefined;
  };
  return {
    tags: async (repository) => {
      const answer = await ask(`${repository}/tags/list`);
      return answer ? (tagsSchema.parse(JSON.parse(answer.text)).tags ?? []) : [];
    },
    manifest: async (repository, reference) => {
      const answer = await ask(`${repository}/manifests/${reference}`);
      if (!answer) return undefined;
      const { layers } = manifestSchema.parse(JSON.parse(answer.text));
      return { digest: answer.digest, bytes: layers.reduce((sum, { size }) => sum + size, 0) };
    },
  };
}

function basicToken(password: string): string {
  return Buffer.from(`${USERNAME}:${password}`).toString("base64");
}

/** A configuration with the registry's password and nothing else secret; plugins and contexts stay the user's. */
async function writeDockerConfig(folder: string, host: string, auth: string, userConfig: string | undefined) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const currentContext = userConfig === undefined ? undefined : await contextOf(userConfig);
  const file = join(folder, "config.json");
  await writeFile(file, JSON.stringify({ auths: { [host]: { auth } }, ...(currentContext && { currentContext }) }), {
    mode: 0o600,
  });
  await chmod(file, 0o600);
  for (const shared of userConfig === undefined ? [] : ["cli-plugins", "contexts"])
    await symlink(join(userConfig ?? "", shared), join(folder, shared)).catch(() => undefined);
}

async function contextOf(userConfig: string): Promise<string | undefined> {
  const text = await readFile(join(userConfig, "config.json"), "utf8").catch(() => "{}");
  return z.object({ currentContext: z.string().optional() }).parse(JSON.parse(text)).currentContext;
}
