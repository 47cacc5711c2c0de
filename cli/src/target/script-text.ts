import type { MachineKind } from "@compose-fleet/fleet";

/** Where a machine keeps what scripts refer to. */
export interface ScriptPlaces {
  readonly stack: string;
  /** The file worker.env; on a worker only. */
  readonly workerEnv?: string;
}

/** On an EC2 instance (docs/architecture.md). */
export const ec2Places: Readonly<Record<MachineKind, ScriptPlaces>> = {
  workers: { stack: "/opt/fleet/stack-worker", workerEnv: "/etc/fleet/worker.env" },
  monitoring: { stack: "/opt/fleet/stack-prometheus" },
};

/** A script with the variables that `Machines.run` promises. */
export function scriptText({ stack, workerEnv }: ScriptPlaces, script: string): string {
  return [
    `STACK=${quoted(stack)}`,
    ...(workerEnv === undefined ? [] : ["set -a", `. ${quoted(workerEnv)}`, "set +a"]),
    script,
  ].join("\n");
}

/** A word for the shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
