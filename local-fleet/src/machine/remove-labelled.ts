import { setTimeout as sleep } from "node:timers/promises";
import { must, type Runner } from "./command.ts";
import { docker } from "./docker.ts";

/** A removal races with whatever was still being created when its creator was killed. */
const ATTEMPTS = 8;
/** Grows with each attempt: a container that was just starting lets go of its network when its start has ended. */
const PAUSE_MS = 150;

/**
 * Removes containers, then networks, then volumes with a label, as often as it takes. Idempotent. Containers go first, so that
 * none is left talking to an address whose network is gone. Throws a sentence that names what resisted.
 */
export async function removeLabelled(runner: Runner, label: string): Promise<void> {
  const filter = ["--filter", `label=${label}`];
  let left: readonly string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [containers, networks, volumes] = await Promise.all([
      list(runner, ["ps", "--all", "--quiet", ...filter]),
      list(runner, ["network", "ls", "--quiet", ...filter]),
      list(runner, ["volume", "ls", "--quiet", ...filter]),
    ]);
    left = [...containers, ...networks, ...volumes];
    if (left.length === 0) return;
    if (containers.length > 0) await runner.run(docker("rm", "--force", "--volumes", ...containers));
    if (networks.length > 0) await runner.run(docker("network", "rm", ...networks));
    if (volumes.length > 0) await runner.run(docker("volume", "rm", "--force", ...volumes));
    if (attempt > 0) await sleep(attempt * PAUSE_MS);
  }
  throw new Error(`Docker would not remove ${left.join(", ")} (label ${label}): see docker inspect, and try again`);
}

async function list(runner: Runner, args: readonly string[]): Promise<string[]> {
  const output = await must(runner, docker(...args));
  return output.split("\n").filter((line) => line !== "");
}
