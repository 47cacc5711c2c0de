import type { MachineKind } from "@compose-fleet/fleet";

/** A machine of the fleet that runs. */
export interface Machine {
  /** Its instance id; locally, where monitoring is no instance, `monitoring`. */
  readonly id: string;
  readonly kind: MachineKind;
}

/** What a script left behind. */
export interface ScriptResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machines of one fleet. Every method throws `CliError` with what to do. */
export interface Machines {
  /** Those that run: the workers, oldest first, then monitoring. */
  list(): Promise<readonly Machine[]>;
  /**
   * Runs a script on a machine, as root with bash, and waits for its end. Its variable STACK is the folder of what the machine runs; on a
   * worker it has those of worker.env, too. What it prints is cut at 24,000 characters on AWS.
   */
  run(machine: Machine, script: string): Promise<ScriptResult>;
  /** Gives the person's terminal to a script there, to a shell where none is given; returns its exit code. */
  attach(machine: Machine, script?: string): Promise<number>;
}
