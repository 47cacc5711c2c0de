import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { newAccessKeyId, newSecret } from "@compose-fleet/emulator";
import type { FleetConfig } from "@compose-fleet/fleet";
import type { Clock, Runner } from "@compose-fleet/process";
import { messageOf } from "@compose-fleet/process";
import { controlSocket } from "../control/control-client.ts";
import { type OnEvent, step } from "../control/events.ts";
import type { LocalFleetOptions } from "../control/options.ts";
import type { LocalFleetStatus } from "../control/status.ts";
import { cleanUp } from "../machine/clean-up.ts";
import { savePostMortem } from "../machine/docker/post-mortem.ts";
import type { MonitoringSecrets } from "../machine/monitoring/monitoring.ts";
import { killMarked, PROCESS_MARK } from "../machine/stray-processes.ts";
import { listenOnSocket } from "../sockets/listen-on-socket.ts";
import { createControlServer } from "./control-server.ts";
import { refuseRunningTwin } from "./running-twin.ts";
import type { RunningParts } from "./start-deps.ts";
import { startParts } from "./start-parts.ts";
import { createStatusReader } from "./status-reader.ts";

export interface LocalFleetDeps {
  readonly config: FleetConfig;
  readonly runner: Runner;
  readonly clock: Clock;
  readonly user: { readonly uid: number; readonly gid: number };
  /** The PATH of this machine, for the workers' scripts. */
  readonly path: string;
  /** Folder of the user's Docker client configuration; its plugins and contexts count for workers, too. */
  readonly dockerConfig?: string;
  readonly onEvent: OnEvent;
}

export interface LocalFleet {
  /**
   * Removes what an earlier fleet of this name left, then starts. Resolves when the first workers serve through the load balancer
   * and wh is ready. When that fails, everything is removed again before it rejects with the cause.
   */
  readonly start: () => Promise<void>;
  readonly status: () => LocalFleetStatus;
  /** Removes everything. Idempotent, also while starting. */
  readonly stop: () => Promise<void>;
  /** Resolves when the fleet has stopped, whoever asked for it. */
  readonly stopped: Promise<void>;
}

/** Why a start did not come to an end: somebody stopped the fleet meanwhile. */
export class StoppedWhileStarting extends Error {
  constructor() {
    super("the fleet was stopped before it was ready");
    this.name = "StoppedWhileStarting";
  }
}

const PROBLEMS_KEPT = 50;
const KILL_INTERVAL_MS = 200;

/** A fleet on this machine, with the cloud emulated. Nothing happens before `start`. */
export function createLocalFleet(options: LocalFleetOptions, deps: LocalFleetDeps): LocalFleet {
  const { config, clock } = deps;
  const aws = { region: config.region, accessKeyId: newAccessKeyId(), secretAccessKey: newSecret() };
  const secrets: MonitoringSecrets = {
    alertsToken: newSecret(),
    apiToken: newSecret(),
    prometheusPassword: newSecret(),
    remoteWritePassword: newSecret(),
    telegramToken: newSecret(),
  };
  // Whatever is started says whose it is, so that it can be found again after a crash.
  const runner: Runner = {
    run: (command) => deps.runner.run({ ...command, env: { [PROCESS_MARK]: options.stateDir, ...command.env } }),
  };
  const stopping = new AbortController();
  const problems: string[] = [];
  const servingAtMs = new Map<string, number>();
  const parts: Partial<RunningParts> = {};
  let state: LocalFleetStatus["state"] = "starting";
  // Until it is known that no other fleet has this name, stopping must not remove what may be the other's.
  let owned = false;
  let starting: Promise<void> = Promise.resolve();
  let stopped: Promise<void> | undefined;
  let announceStopped: () => void = () => undefined;
  const whenStopped = new Promise<void>((resolve) => {
    announceStopped = resolve;
  });

  const onEvent: OnEvent = (event) => {
    if (event.type === "problem")
      problems.splice(0, problems.length, ...[...problems, event.message].slice(-PROBLEMS_KEPT));
    if (event.type === "worker" && event.state === "serving") servingAtMs.set(event.worker, clock.nowMs());
    if (event.type === "worker" && event.state === "terminated") servingAtMs.delete(event.worker);
    deps.onEvent(event);
  };

  const status = createStatusReader({
    options,
    config,
    aws,
    current: () => ({ state, problems, servingAtMs, ...parts }),
  });
  const control = createControlServer({
    status,
    shutdown: () => void stop().catch(() => undefined),
    faults: () => (state === "ready" ? parts.faults : undefined),
    messages: () => parts.outside?.telegram.messages() ?? [],
  });

  async function begin(): Promise<void> {
    const startedAtMs = clock.nowMs();
    await step(onEvent, clock.nowMs, "clean up", () => cleanUp(options.name, options.stateDir, deps.runner));
    await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
    await listenOnSocket(control, controlSocket(options.stateDir), 0o600);
    await startParts({
      options,
      config,
      runner,
      clock,
      aws,
      secrets,
      onEvent,
      user: deps.user,
      path: deps.path,
      dockerConfig: deps.dockerConfig,
      signal: stopping.signal,
      parts,
    });
    stopping.signal.throwIfAborted();
    state = "ready";
    onEvent({ type: "ready", seconds: Math.round(clock.nowMs() - startedAtMs) / 1000 });
  }

  async function tearDown(): Promise<void> {
    state = "stopping";
    await parts.faults?.endAll();
    stopping.abort(new StoppedWhileStarting());
    parts.machine?.abort();
    const working = Promise.allSettled([
      starting,
      parts.balancer?.stop(),
      parts.workers?.settle(),
      parts.deployments?.settle(),
      parts.machine?.settle(),
    ]);
    let busy = true;
    const ended = working.then(() => {
      busy = false;
    });
    // Whatever is still running would go on creating what is about to be removed.
    while (busy) {
      await killMarked(options.stateDir);
      await Promise.race([ended, clock.sleep(KILL_INTERVAL_MS)]);
    }
    // Parts that appeared while the start was being broken off.
    parts.machine?.abort();
    await Promise.allSettled([parts.balancer?.stop(), parts.workers?.settle(), parts.machine?.settle()]);
    for (const server of [parts.front, parts.outside?.server]) {
      server?.closeAllConnections();
      server?.close();
    }
    try {
      await step(onEvent, clock.nowMs, "remove", () => cleanUp(options.name, options.stateDir, deps.runner));
    } finally {
      control.closeAllConnections();
      control.close();
      state = "stopped";
      onEvent({ type: "stopped" });
      announceStopped();
    }
  }

  function stop(): Promise<void> {
    stopped ??= owned ? tearDown() : Promise.resolve(announceStopped());
    return stopped;
  }

  return {
    start: async () => {
      // Before anything is touched: the other fleet must not notice.
      try {
        await refuseRunningTwin(deps.runner, options.name, controlSocket(options.stateDir));
      } catch (error) {
        await stop();
        throw error;
      }
      if (stopped) throw new StoppedWhileStarting();
      owned = true;
      starting = begin();
      try {
        await starting;
      } catch (error) {
        // Once it is being stopped, commands fail because they are killed.
        if (stopping.signal.aborted) {
          await stop();
          throw stopping.signal.reason;
        }
        // Removing everything removes the logs too, which say why.
        const traces = await savePostMortem({ runner, name: options.name, folder: join(options.stateDir, "logs") });
        await stop();
        throw traces.length > 0 ? new Error([messageOf(error), ...traces].join("\n"), { cause: error }) : error;
      }
    },
    status,
    stop,
    stopped: whenStopped,
  };
}
