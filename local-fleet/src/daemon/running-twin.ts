import { must, type Runner } from "@compose-fleet/process";
import { readStatus } from "../control/control-client.ts";
import { CONTROL_LABEL, docker, FLEET_LABEL } from "../machine/docker/docker.ts";

/**
 * Throws a sentence when a fleet of this name runs, here or in another copy of the project on the same Docker engine. What a
 * killed one left behind does not count: nobody answers for it.
 */
export async function refuseRunningTwin(runner: Runner, name: string, ownSocket: string): Promise<void> {
  const format = `{{.Label "${CONTROL_LABEL}"}}`;
  const listed = await must(
    runner,
    docker("network", "ls", "--filter", `label=${FLEET_LABEL}=${name}`, "--format", format),
  );
  const sockets = new Set([ownSocket, ...listed.split("\n").filter((line) => line !== "")]);
  for (const socket of sockets) {
    const status = await readStatus(socket);
    if (status)
      throw new Error(
        `a local fleet named ${name} is already running (process ${status.pid}, ${socket}): stop it with \`fleet local down\` or choose another name`,
      );
  }
}
