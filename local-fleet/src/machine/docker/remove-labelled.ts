import { setTimeout as sleep } from "node:timers/promises";
import { must, type Runner } from "@compose-fleet/process";
import { docker } from "./docker.ts";

/** A removal races with whatever was still being created when its creator was killed. */
const ATTEMPTS = 12;
/** Grows with each attempt: a container that was just starting lets go of its network when its start has ended. */
const PAUSE_MS = 150;
/**
 * When the last container went so long ago, an endpoint that is still there is a dead one. Taking away by force what Docker
 * is about to release makes it count wrong, and then it keeps the network until it is restarted.
 */
const DEAD_AFTER_MS = 3_000;

/** What Docker answers when it does not remove a network. */
const IN_USE = "has active endpoints";

export interface Removal {
  /** Whether there was anything to remove. */
  readonly found: boolean;
  /**
   * Networks in which nothing is, and which Docker keeps all the same. Docker 20.10 counts an endpoint twice when containers start
   * beside each other (moby/moby#43286), and refuses to remove their network until it is restarted. Nothing of ours can mend that.
   */
  readonly kept: readonly string[];
}

/**
 * Removes containers, then networks, then volumes with a label, as often as it takes. Idempotent. Containers go first, so that
 * none is left talking to an address whose network is gone. Throws a sentence that names what resisted and says what to do.
 */
export async function removeLabelled(
  runner: Runner,
  label: string,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<Removal> {
  let left: Leftovers = { containers: [], networks: [], volumes: [] };
  let found = false;
  let waitedMs = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    left = await find(runner, label);
    const { containers, networks, volumes } = left;
    if (containers.length + networks.length + volumes.length === 0) return { found, kept: [] };
    if (containers.length > 0) waitedMs = 0;
    if (containers.length > 0) await runner.run(docker("rm", "--force", "--volumes", ...containers));
    const late = waitedMs >= DEAD_AFTER_MS;
    if (late) for (const network of networks) await disconnectAll(runner, network);
    const kept = await removeNetworks(runner, networks);
    if (volumes.length > 0) await runner.run(docker("volume", "rm", "--force", ...volumes));
    found ||= containers.length + volumes.length > 0 || kept.length < networks.length;
    if (late && containers.length + volumes.length === 0 && kept.length === networks.length) return { found, kept };
    const pauseMs = attempt * PAUSE_MS;
    if (pauseMs > 0) await pause(pauseMs);
    waitedMs += pauseMs;
  }
  throw new Error(
    `Docker did not remove ${(await inWords(runner, left)).join("; ")}. Restart Docker (systemctl restart docker), which makes it forget what is not there any more, then try again: npx fleet local down`,
  );
}

/** Returns those that Docker refuses to remove although nothing is in them. */
async function removeNetworks(runner: Runner, networks: readonly string[]): Promise<string[]> {
  const kept: string[] = [];
  for (const network of networks) {
    const { stderr } = await runner.run(docker("network", "rm", network));
    if (stderr.includes(IN_USE) && (await endpointsOf(runner, network)).length === 0) kept.push(network);
  }
  return kept;
}

interface Leftovers {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

async function find(runner: Runner, label: string): Promise<Leftovers> {
  const filter = ["--filter", `label=${label}`];
  const [containers, networks, volumes] = await Promise.all([
    list(runner, ["ps", "--all", "--format", "{{.Names}}", ...filter]),
    list(runner, ["network", "ls", "--format", "{{.Name}}", ...filter]),
    list(runner, ["volume", "ls", "--quiet", ...filter]),
  ]);
  return { containers, networks, volumes };
}

/** Docker sometimes keeps the endpoint of a container that is gone, and with it the network: such a one goes by its name, by force. */
async function disconnectAll(runner: Runner, network: string): Promise<void> {
  for (const endpoint of await endpointsOf(runner, network))
    await runner.run(docker("network", "disconnect", "--force", network, endpoint));
}

async function endpointsOf(runner: Runner, network: string): Promise<string[]> {
  const format = "{{range .Containers}}{{println .Name}}{{end}}";
  const { stdout } = await runner.run(docker("network", "inspect", "--format", format, network));
  return stdout.split("\n").filter((line) => line !== "");
}

async function inWords(runner: Runner, { containers, networks, volumes }: Leftovers): Promise<string[]> {
  const words = [...containers.map((name) => `the container ${name}`), ...volumes.map((name) => `the volume ${name}`)];
  for (const name of networks) {
    const endpoints = await endpointsOf(runner, name);
    words.push(
      `the network ${name}${endpoints.length > 0 ? `, which still has an endpoint of ${endpoints.join(", ")}` : ""}`,
    );
  }
  return words;
}

async function list(runner: Runner, args: readonly string[]): Promise<string[]> {
  const output = await must(runner, docker(...args));
  return output.split("\n").filter((line) => line !== "");
}
