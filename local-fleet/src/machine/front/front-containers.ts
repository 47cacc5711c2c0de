import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { BalancerMachine } from "@compose-fleet/emulator";
import { must, type Runner } from "@compose-fleet/process";
import { PROBE_SOCKET, SOCKET_FOLDER, socketFolder } from "../../sockets/socket-names.ts";
import { createNginx, type DockerNames, docker, labelArguments } from "../docker/docker.ts";
import {
  AWS_PORT,
  awsProxyConfig,
  BALANCER_PORT,
  BALANCER_PROXY_PORT,
  balancerConfig,
  CONFIG_FOLDER,
  targetsConfig,
} from "./nginx-config.ts";

export interface FrontContainersDeps {
  readonly runner: Runner;
  readonly names: DockerNames;
  readonly labels: Readonly<Record<string, string>>;
  readonly stateDir: string;
  readonly nginxImage: string;
  readonly cidr: string;
  readonly ports: { readonly balancer: number; readonly balancerProxy: number; readonly aws: number };
}

export interface FrontContainers {
  /** Starts the way into the emulator and the load balancer, without targets. Throws `CommandError`. */
  readonly start: () => Promise<void>;
  readonly balancer: BalancerMachine;
  /** Starts the load balancer again, which publishes its ports anew; its connections end. Throws `CommandError`. */
  readonly restartBalancer: () => Promise<void>;
}

const PROBE_TIMEOUT_MS = 5_000;
/** nginx is there at once, unless the machine does other things. */
const LISTEN_MS = 60_000;
const LISTEN_POLL_MS = 100;

/** The two nginx containers between this process and the emulated network. */
export function createFrontContainers(deps: FrontContainersDeps): FrontContainers {
  const { runner, names, stateDir } = deps;
  const folder = (name: string) => join(stateDir, name);

  async function startOne(
    name: string,
    config: { folder: string; files: Record<string, string> },
    ports: readonly { readonly host: number; readonly container: number }[],
    alias: string,
  ) {
    await mkdir(folder(config.folder), { recursive: true });
    await chmod(folder(config.folder), 0o755);
    for (const [file, text] of Object.entries(config.files))
      await writeReadable(join(folder(config.folder), file), text);
    await must(
      runner,
      createNginx({
        name,
        image: deps.nginxImage,
        network: names.edge,
        ports,
        mounts: [`${folder(config.folder)}:${CONFIG_FOLDER}:ro`, `${socketFolder(stateDir)}:${SOCKET_FOLDER}`],
        configFile: `${CONFIG_FOLDER}/nginx.conf`,
        labels: labelArguments(deps.labels),
      }),
    );
    await must(runner, docker("network", "connect", "--alias", alias, names.vpc, name));
    await must(runner, docker("start", name));
    await untilListening(name);
  }

  /** nginx writes its pid once its configuration holds and its sockets are open; a container that ended says why in its log. */
  async function untilListening(name: string): Promise<void> {
    const deadlineMs = performance.now() + LISTEN_MS;
    while (performance.now() < deadlineMs) {
      const probed = await runner.run(docker("exec", name, "test", "-s", "/tmp/nginx.pid"));
      if (probed.exitCode === 0) return;
      const running = await runner.run(docker("inspect", "--format", "{{.State.Running}}", name));
      if (running.stdout.trim() !== "true") break;
      await sleep(LISTEN_POLL_MS);
    }
    const log = await runner.run(docker("logs", "--tail", "5", name));
    throw new Error(`the container ${name} does not run: ${(log.stderr || log.stdout).trim()}`);
  }

  return {
    restartBalancer: async () => {
      await must(runner, docker("stop", names.balancer));
      // nginx leaves its socket behind when it has to be killed, and would not start beside it.
      await rm(join(socketFolder(stateDir), PROBE_SOCKET), { force: true });
      await must(runner, docker("start", names.balancer));
      await untilListening(names.balancer);
    },
    start: async () => {
      const balancerFiles = { "nginx.conf": balancerConfig(deps.cidr), "targets.conf": targetsConfig([]) };
      await Promise.all([
        startOne(
          names.aws,
          { folder: "aws", files: { "nginx.conf": awsProxyConfig() } },
          [{ host: deps.ports.aws, container: AWS_PORT }],
          "aws",
        ),
        startOne(
          names.balancer,
          { folder: "lb", files: balancerFiles },
          [
            { host: deps.ports.balancer, container: BALANCER_PORT },
            { host: deps.ports.balancerProxy, container: BALANCER_PROXY_PORT },
          ],
          "lb",
        ),
      ]);
    },
    balancer: {
      probe: (address) => probe(join(socketFolder(stateDir), PROBE_SOCKET), address),
      route: async (addresses) => {
        const path = join(folder("lb"), "targets.conf");
        await writeReadable(`${path}.new`, targetsConfig(addresses));
        await rename(`${path}.new`, path);
        await must(runner, docker("kill", "--signal", "HUP", names.balancer));
      },
    },
  };
}

async function writeReadable(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o644);
}

/** Asks the load balancer's container, since nothing on the host may dial an emulated address itself. */
function probe(socketPath: string, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request(
      { socketPath, path: `/probe/${address}`, timeout: PROBE_TIMEOUT_MS, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    outgoing.on("timeout", () => outgoing.destroy());
    outgoing.on("error", () => resolve(false));
    outgoing.end();
  });
}
