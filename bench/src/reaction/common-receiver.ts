import { spawn } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CliError } from "@compose-fleet/process";
import { receiverName, receiverPort } from "./common-stack.ts";

const file = fileURLToPath(new URL("./common-receiver.mjs", import.meta.url));

/** What the receiver of the usual set-up needs to know of its fleet. */
export interface ReceiverSpec {
  readonly fleet: string;
  readonly monitoringProject: string;
  readonly stateDir: string;
  readonly nodeImage: string;
}

/** Starts the receiver beside Alertmanager; `onLine` gets each notification. Returns how to end it. Removed with the fleet at the latest. */
export async function startReceiver(
  { fleet, monitoringProject, stateDir, nodeImage }: ReceiverSpec,
  onLine: (line: string) => void,
): Promise<() => void> {
  // Docker mounts a copy: the project may be on a file system that it cannot reach.
  const script = join(stateDir, "bench", "common-receiver.mjs");
  await mkdir(dirname(script), { recursive: true });
  await copyFile(file, script);
  const child = spawn(
    "docker",
    [
      ...["run", "--rm", "--name", `compose-fleet-${fleet}-${receiverName}`, "--label", `compose-fleet.local=${fleet}`],
      ...["--network", `${monitoringProject}_monitoring`, "--network-alias", receiverName],
      ...["--user", "1000:1000", "--cap-drop", "ALL", "--read-only", "--security-opt", "no-new-privileges"],
      ...["--volume", `${dirname(script)}:/bench:ro`, nodeImage],
      ...["node", "/bench/common-receiver.mjs", String(receiverPort)],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = `${errors}${chunk.toString()}`.slice(-500);
  });
  createInterface({ input: child.stdout }).on("line", onLine);
  // It fails at once or not at all.
  const failed = await Promise.race([
    new Promise<boolean>((resolve) => child.once("exit", () => resolve(true))),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 3_000)),
  ]);
  if (failed) throw new CliError(`The receiver of the usual set-up did not start: ${errors.trim()}`);
  return () => child.kill("SIGTERM");
}
