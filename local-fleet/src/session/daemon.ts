import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "@compose-fleet/process";
import { CliError, command, InterruptedError, messageOf, type Runner } from "@compose-fleet/process";
import { controlStatus, endLocalFleet, removeLeftovers, tellToStop } from "./control.ts";
import { createEventProgress } from "./daemon-events.ts";
import { createEventReader, tailOfFile } from "./daemon-output.ts";
import { localFolders } from "./folders.ts";
import { type RunningFleet, runningFleet } from "./running-fleet.ts";

/** A local fleet that this process started. */
export interface LocalFleetProcess {
  readonly fleet: RunningFleet;
  /** Rejects when the fleet ends without having been told to; never resolves. */
  readonly died: Promise<never>;
  /** Ends it; resolves when nothing is left. */
  stop(): Promise<void>;
  /** The end of the logs that show what went wrong. */
  logTail(): Promise<string>;
}

export interface DaemonSpec {
  readonly root: string;
  readonly name: string;
  readonly runner: Runner;
  readonly progress: Progress;
  /** Ends the start. */
  readonly stop: AbortSignal;
  /** The fleet outlives this process; otherwise it ends itself when this process dies, however that happens. */
  readonly detached: boolean;
  /** Writes the stacks and the options file; called once it is certain that no fleet of this name runs. */
  readonly prepare: () => Promise<void>;
}

const pollMs = 100;

/** Starts a local fleet in a process of its own. Throws `CliError` with the cause and the end of the logs; nothing is left then. */
export async function startDaemon(spec: DaemonSpec): Promise<LocalFleetProcess> {
  const { root, name, progress } = spec;
  if ((await controlStatus(root, name)) !== undefined) {
    throw new CliError(
      `A local fleet named ${name} already runs: end it first with npx fleet local down --name ${name}.`,
    );
  }
  const { stateDir, options } = localFolders(root, name);
  await mkdir(stateDir, { recursive: true });
  await spec.prepare();
  const child = spawnDaemon(root, stateDir, options, spec.detached);
  const exited = new Promise<number | null>((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.once("error", () => resolve(null));
  });
  const logTail = () => logsOf(spec, stateDir);
  try {
    await untilReady(spec, stateDir, child);
    const status = await controlStatus(root, name);
    if (status === undefined) throw new CliError("The local fleet ended right after its start.");
    let isTold = false;
    const died = exited.then((code): never | Promise<never> => {
      // After a regular end this stays open for good, which is what nobody waits for any more.
      if (isTold) return new Promise<never>(() => {});
      throw new CliError(`The local fleet ended by itself (exit code ${code}).`);
    });
    died.catch(() => {});
    if (spec.detached) child.unref();
    return {
      fleet: await runningFleet(status),
      died,
      logTail,
      stop: async () => {
        isTold = true;
        await showing(progress, `Ending local fleet ${name}`, async () => {
          await endLocalFleet(root, name, spec.runner, sleep);
          await exited;
        });
      },
    };
  } catch (error) {
    const logs = await logTail();
    await showing(progress, `Removing local fleet ${name}`, async () => {
      await tellToStop(root, name);
      // One that has only just begun does not listen yet, and would come up with nobody waiting for it.
      child.kill("SIGTERM");
      child.stdin?.destroy();
      await exited;
      await removeLeftovers(root, name, spec.runner);
    });
    if (error instanceof InterruptedError) throw error;
    throw new CliError(`${messageOf(error)}\n${logs}`);
  }
}

function spawnDaemon(root: string, stateDir: string, options: string, detached: boolean): ChildProcess {
  const events = openSync(join(stateDir, "events.ndjson"), "w");
  const log = openSync(join(stateDir, "daemon.log"), "w");
  try {
    // A session of its own: Ctrl-C reaches this process only, which then tells the daemon.
    return spawn(process.execPath, [join(root, "local-fleet/bin/local-fleet.mjs"), options], {
      cwd: root,
      detached: true,
      stdio: [detached ? "ignore" : "pipe", events, log],
    });
  } finally {
    closeSync(events);
    closeSync(log);
  }
}

async function untilReady({ stop, progress }: DaemonSpec, stateDir: string, child: ChildProcess): Promise<void> {
  const read = createEventReader(join(stateDir, "events.ndjson"));
  const show = createEventProgress(progress);
  for (;;) {
    const ended = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
    for (const event of await read()) {
      show(event);
      if (event.type === "ready") return;
      if (event.type === "failed") throw new CliError(event.message);
    }
    if (stop.aborted) throw new InterruptedError();
    if (ended) throw new CliError(`The local fleet did not start (exit code ${child.exitCode ?? child.signalCode}).`);
    await sleep(pollMs);
  }
}

async function logsOf({ runner, name }: DaemonSpec, stateDir: string): Promise<string> {
  const daemon = await tailOfFile(join(stateDir, "daemon.log"), 15);
  const container = `compose-fleet-${name}-monitoring-wh-1`;
  const wh = await runner.run({ ...command("docker", "logs", "--tail", "10", container), timeoutMs: 10_000 });
  const whLog = wh.exitCode === 0 ? `${wh.stdout}\n${wh.stderr}`.trim() : "";
  return [
    ...(daemon === "" ? [] : [`--- end of ${join(stateDir, "daemon.log")}`, daemon]),
    ...(whLog === "" ? [] : [`--- end of the log of ${container}`, whLog]),
  ].join("\n");
}

async function showing(progress: Progress, title: string, work: () => Promise<void>): Promise<void> {
  const step = progress.step(title);
  try {
    await work();
    step.done("nothing is left");
  } catch (error) {
    step.fail("something may be left: npx fleet local down tries again");
    throw error;
  }
}
