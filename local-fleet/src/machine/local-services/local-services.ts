import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { must, type Runner } from "@compose-fleet/process";
import { docker, labelArguments, WORKER_LABEL } from "../docker/docker.ts";
import { labelProject } from "./label-project.ts";

/** An image may have to be pulled first, and a database to make itself. */
const START_TIMEOUT_MS = 600_000;

export interface LocalServicesDeps {
  readonly runner: Runner;
  /** What `docker compose config` made of the user's files, as JSON. */
  readonly file: string;
  readonly stateDir: string;
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly edgeOf: (instanceId: string) => string;
}

/**
 * What runs once beside all workers, such as a database. Each worker finds it by name in its own `edge`, where it stands for what a worker on AWS
 * finds outside: so services without a way out do not reach it either.
 */
export interface LocalServices {
  /** Starts all and waits until they are healthy, where they say so. Throws a `CommandError` with compose's words. */
  readonly start: () => Promise<void>;
  /** Makes a worker's `edge` with everything in it, and gives its name. Idempotent. */
  readonly join: (instanceId: string) => Promise<string>;
  /** Takes everything out of a worker's `edge` again, so that it can be removed. Never throws: what is gone needs no leaving. */
  readonly leave: (instanceId: string) => Promise<void>;
}

/** The services of one local fleet; nothing happens before `start`. */
export function createLocalServices(deps: LocalServicesDeps): LocalServices {
  const { runner, labels, project, edgeOf } = deps;
  const file = join(deps.stateDir, "local-services.yml");

  /** Containers with the name that services know them by. */
  async function members(): Promise<readonly { readonly id: string; readonly name: string }[]> {
    const format = '{{.ID}} {{.Label "com.docker.compose.service"}}';
    const filter = `label=com.docker.compose.project=${project}`;
    const lines = (await must(runner, docker("ps", "--all", "--filter", filter, "--format", format))).split("\n");
    return lines.flatMap((line) => {
      const [id, name] = line.split(" ");
      return id && name ? [{ id, name }] : [];
    });
  }

  return {
    start: async () => {
      await writeFile(file, labelProject(await readFile(deps.file, "utf8"), labels), { mode: 0o600 });
      await chmod(file, 0o600);
      await must(runner, {
        file: "docker",
        args: ["compose", "--progress", "quiet", "--project-name", project, "--file", file, "up", "--detach", "--wait"],
        timeoutMs: START_TIMEOUT_MS,
      });
    },
    join: async (instanceId) => {
      const network = edgeOf(instanceId);
      const marks = labelArguments({ ...labels, [WORKER_LABEL]: instanceId });
      const created = await runner.run(docker("network", "create", ...marks, network));
      if (created.exitCode !== 0 && !/already exists/.test(created.stderr))
        await must(runner, docker("network", "inspect", network));
      for (const { id, name } of await members())
        await must(runner, docker("network", "connect", "--alias", name, network, id)).catch((error: unknown) => {
          if (!/already exists/.test(String(error))) throw error;
        });
      return network;
    },
    leave: async (instanceId) => {
      const found = await members().catch(() => []);
      for (const { id } of found) await runner.run(docker("network", "disconnect", "--force", edgeOf(instanceId), id));
    },
  };
}
