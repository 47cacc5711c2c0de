import { readFile } from "node:fs/promises";
import { loadFleetFile } from "@compose-fleet/files";
import {
  FLEET_LABEL,
  findLocalFleet,
  localFolders,
  type MachineShell,
  monitoringShell,
  WORKER_LABEL,
  workerShell,
} from "@compose-fleet/local-fleet/session";
import { systemClock } from "@compose-fleet/process";
import { createDockerLogs } from "../logs/docker-logs.ts";
import type { CliContext } from "../run/context.ts";
import type { Console, FleetTarget } from "./fleet-target.ts";
import type { Machine, Machines } from "./machines.ts";
import { createScaler } from "./scaler.ts";
import { scriptText } from "./script-text.ts";

/** The local fleet of this name, or the only one that runs. Throws `CliError` (exit code 2) when there is none, or several. */
export async function openLocalTarget(
  {
    root,
    machine,
  }: Pick<CliContext, "root"> & { readonly machine: Pick<CliContext["machine"], "runner" | "programs"> },
  name: string | undefined,
): Promise<FleetTarget> {
  const { cloud, endpoints, apiToken } = await findLocalFleet(root, name);
  const shellOf = ({ kind, id }: Machine): MachineShell =>
    kind === "workers" ? workerShell(root, cloud.name, id) : monitoringShell(root, cloud);
  const machines: Machines = {
    list: async () => {
      const workers = [...cloud.workers].sort((a, b) => a.launchedAtMs - b.launchedAtMs);
      return [
        ...workers.map(({ id }): Machine => ({ id, kind: "workers" })),
        { id: "monitoring", kind: "monitoring" } as const,
      ];
    },
    run: (on, script) => {
      const shell = shellOf(on);
      const { cwd, env } = shell;
      return machine.runner.run({ file: "bash", args: ["-c", scriptText(shell, script)], cwd, env });
    },
    attach: (on, script = "exec bash -i") => {
      const shell = shellOf(on);
      const { cwd, env } = shell;
      return machine.programs.attach({ file: "bash", args: ["-c", scriptText(shell, script)], cwd, env });
    },
  };
  const addresses: Readonly<Record<Console, string>> = {
    site: endpoints.balancer,
    console: endpoints.wh,
    wh: endpoints.wh,
    prometheus: endpoints.prometheus,
    alertmanager: endpoints.alertmanager,
    grafana: endpoints.grafana,
  };
  return {
    kind: "local",
    config: await loadFleetFile(localFolders(root, cloud.name).fleetFile),
    words: `the local fleet ${cloud.name}`,
    scaler: createScaler(async () => ({ baseUrls: [endpoints.wh, endpoints.whStandby], token: apiToken })),
    machines,
    logs: createDockerLogs({
      ...machine,
      clock: systemClock,
      fleetLabel: `${FLEET_LABEL}=${cloud.name}`,
      workerLabel: WORKER_LABEL,
    }),
    activities: async () => {
      // AWS's client is loaded by who needs it: it would make every other command slower to start.
      const { localActivities } = await import("./local-activities.ts");
      return localActivities(cloud);
    },
    address: async (console) => addresses[console],
    secret: async () => (await readFile(cloud.secretFiles.prometheusPassword, "utf8")).trim(),
    stop: undefined,
    close: async () => undefined,
  };
}
