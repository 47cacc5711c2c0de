import { writeFile } from "node:fs/promises";
import { makeFolder, writeFiles } from "@compose-fleet/files";
import type { FleetConfig } from "@compose-fleet/fleet";
import type { LocalFleetOptionsInput } from "@compose-fleet/local-fleet";
import {
  type LocalFleetProcess,
  type LocalFolders,
  localFolders,
  startDaemon,
} from "@compose-fleet/local-fleet/session";
import { stringify } from "yaml";
import { checkServices } from "../compose/check-services.ts";
import { readLocalServices } from "../compose/local-services.ts";
import { loadLocalFleet } from "../fleet-file/load-local-fleet.ts";
import { fleetFilePath } from "../options/fleet-path.ts";
import type { LocalOptions } from "../options/local-options.ts";
import type { CliContext } from "../run/context.ts";
import { ensureOwnImages } from "./own-images.ts";
import { prepareMachine } from "./prepare-machine.ts";
import { prepareStacks } from "./prepare-stacks.ts";

/** How a local fleet is to run. */
export interface BringUpOptions {
  /** The scaler decides but never acts. */
  readonly hold: boolean;
  /** It outlives this process; otherwise it tears itself down when this process dies. */
  readonly detached: boolean;
  /** The scaler asks Prometheus through the emulator, which can let single queries fail. */
  readonly queriesByGate?: boolean;
  /** Changes the rendered copies of both stacks before anything starts. */
  readonly adjust?: (config: FleetConfig, folders: LocalFolders) => Promise<void>;
  /** Called when the fleet file is known to be good, before anything is set up. */
  readonly onConfig?: (config: FleetConfig) => void;
}

/** Sets up what is missing and starts a local fleet at its minimum. Throws what the parts throw; nothing is left running then. */
export async function bringUp(
  context: CliContext,
  options: LocalOptions,
  { hold, detached, queriesByGate = false, adjust, onConfig }: BringUpOptions,
): Promise<{ readonly config: FleetConfig; readonly process: LocalFleetProcess }> {
  const { root, terminal, machine, stop } = context;
  const given = fleetFilePath(context, options.fleet);
  const { config, document, changes, logins } = await loadLocalFleet(given, machine.localSecretOf);
  await checkServices(context, config);
  if (changes.length > 0) terminal.progress.note(`${given} as it runs on one machine: ${changes.join("; ")}.`);
  onConfig?.(config);
  const images = await prepareMachine(context);
  stop.throwIfAborted();
  const own = await ensureOwnImages(
    { root, runner: machine.runner, progress: terminal.progress },
    images.NODE_IMAGE ?? "",
  );
  stop.throwIfAborted();
  const localServices = await readLocalServices(machine.runner, root, config, images);
  const folders = localFolders(root, config.name);
  await makeFolder(folders.stateDir);
  const daemonOptions: LocalFleetOptionsInput = {
    name: config.name,
    fleetFile: folders.fleetFile,
    secrets: logins,
    stateDir: folders.stateDir,
    stackWorkerDir: folders.stackWorkerDir,
    stackPrometheusDir: folders.stackPrometheusDir,
    images: { ...images, ...own },
    ...(localServices === undefined ? {} : { localServicesFile: folders.localServices }),
    ports: {
      balancer: options.lbPort,
      balancerProxy: options.lbProxyPort,
      wh: options.whPort,
      whStandby: options.whStandbyPort,
      prometheus: options.prometheusPort,
      alertmanager: options.alertmanagerPort,
      aws: options.awsPort,
    },
    bootSeconds: options.bootSeconds,
    registrationLagSeconds: options.registrationSeconds,
    deregistrationLagSeconds: 5,
    health: { intervalSeconds: 1, healthyThreshold: 2, unhealthyThreshold: 2 },
    workerCpu: 1,
    hold,
    queriesByGate,
    // A scaler that never acts would let every worker wait for the end of its hook.
    lifecycleHook: !hold,
    exitWithParent: !detached,
  };
  const process = await startDaemon({
    root,
    name: config.name,
    runner: machine.runner,
    progress: terminal.progress,
    stop,
    detached,
    prepare: async () => {
      await prepareStacks(root, config, folders);
      await adjust?.(config, folders);
      if (localServices !== undefined) await writeFile(folders.localServices, localServices, { mode: 0o600 });
      await writeFiles([
        { path: folders.fleetFile, content: stringify(document) },
        { path: folders.fleetSource, content: given },
      ]);
      await writeFile(folders.options, JSON.stringify(daemonOptions, null, 2));
    },
  });
  return { config, process };
}
