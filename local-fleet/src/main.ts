import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseFleetText } from "@compose-fleet/fleet";
import { createGroupRunner, messageOf, systemClock } from "@compose-fleet/process";
import type { FleetEvent } from "./control/events.ts";
import { parseLocalFleetOptions } from "./control/options.ts";
import { createLocalFleet, StoppedWhileStarting } from "./daemon/local-fleet.ts";

/*
 * The local fleet's process. Usage: main.ts OPTIONS.json
 * One JSON object a line on standard output (FleetEvent). It ends when told over its control socket, on SIGTERM, SIGINT or SIGHUP,
 * or when its standard input ends, which it does when the parent dies; and always removes everything first.
 * Exit codes: 0 stopped as asked, 1 could not start or not remove everything, 2 faulty options.
 */

/** What of the environment the commands may see: how to find programs and Docker. */
const PASSED_ON = [
  "PATH",
  "HOME",
  "LANG",
  "TMPDIR",
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_CONFIG",
  "XDG_RUNTIME_DIR",
];

function report(event: FleetEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

async function main(): Promise<void> {
  const [optionsFile] = process.argv.slice(2);
  if (optionsFile === undefined) throw new UsageError("name the file with the options: main.ts OPTIONS.json");
  const options = await readOptions(optionsFile);
  const parsed = parseFleetText(await readFile(options.fleetFile, "utf8"));
  if (!parsed.ok)
    throw new UsageError(
      `${options.fleetFile} is not usable: ${parsed.faults.map((fault) => `${fault.path}: ${fault.message}`).join("; ")}`,
    );

  // biome-ignore lint/style/noProcessEnv: composition root
  const all = process.env;
  const environment = Object.fromEntries(
    PASSED_ON.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])),
  );
  const fleet = createLocalFleet(options, {
    config: parsed.config,
    runner: createGroupRunner(environment),
    clock: systemClock,
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    path: environment.PATH ?? "",
    dockerConfig: environment.DOCKER_CONFIG ?? join(environment.HOME ?? "/", ".docker"),
    onEvent: report,
  });
  const stop = () => void fleet.stop().catch(fail);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, stop);
  // A parent that is gone reads nothing: that must not end this process before it has cleaned up.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  if (options.exitWithParent) {
    process.stdin.on("end", stop);
    process.stdin.on("close", stop);
    process.stdin.on("error", stop);
    process.stdin.resume();
  }
  await fleet.start().catch((error: unknown) => {
    if (!(error instanceof StoppedWhileStarting)) fail(error);
  });
  await fleet.stopped;
  process.stdin.destroy();
}

async function readOptions(file: string) {
  try {
    return parseLocalFleetOptions(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

class UsageError extends Error {}

function fail(error: unknown): void {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  report({ type: "failed", message: messageOf(error) });
}

await main().catch(fail);
