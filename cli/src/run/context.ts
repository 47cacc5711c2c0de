import type { Launcher, Progress, Runner, TerminalPrograms } from "@compose-fleet/process";
import type { Actor, Host } from "@compose-fleet/setup";

/** What every command gets: where it runs, where it writes, and when to stop. */
export interface CliContext {
  /** Folder of the project. */
  readonly root: string;
  /** Of the project, such as "0.1.0". */
  readonly version: string;
  /** Results: what a pipe should get. */
  readonly print: (line: string) => void;
  /** Much of them: resolves once it is written, to whether anybody still reads. */
  readonly write: (text: string) => Promise<boolean>;
  readonly terminal: Terminal;
  /** A person types, and reads results: both are a terminal. */
  readonly canType: boolean;
  readonly machine: Machine;
  /** Aborts at the first Ctrl-C, SIGTERM or SIGHUP. Read it when there is something to clean up: until then such a signal ends the process. */
  readonly stop: AbortSignal;
}

/** Where progress and remarks go: what a person should see, apart from results. */
export interface Terminal {
  readonly isTty: boolean;
  readonly columns: () => number;
  readonly write: (text: string) => void;
  readonly progress: Progress;
  /** A value that must not be seen: typed without echo after the prompt, or piped in. */
  readonly readHidden: (prompt: string) => Promise<string>;
}

/** The machine that runs the local fleet. */
interface Machine {
  readonly runner: Runner & Launcher;
  readonly programs: TerminalPrograms;
  readonly host: Host;
  readonly actor: Actor;
  /** Images that the user names, by variable. */
  readonly imageOverrides: Readonly<Record<string, string | undefined>>;
  /** The value that a secret has on this machine: the variable LOCAL_NAME. */
  readonly localSecretOf: (name: string) => string | undefined;
}
