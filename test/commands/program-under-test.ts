import { resolve } from "node:path";
import type { Command } from "commander";
import { createBenchProgram } from "../../bench/src/program.ts";
import { createProgram } from "../../cli/src/program.ts";

const root = resolve(import.meta.dirname, "../..");

const touched = new Proxy(
  {},
  {
    get: (_target, name) => {
      throw new Error(`Something was begun before what was asked was checked: ${String(name)}`);
    },
  },
);

/** For tests: the whole program on a machine that nothing may touch. A command that begins something rejects with "Something was begun". */
export function programUnderTest(): Command {
  const terminal = { isTty: false, columns: () => 80, write: () => {}, progress: touched, readHidden: async () => "x" };
  const machine = { localSecretOf: () => undefined };
  for (const name of ["runner", "host", "actor", "imageOverrides"])
    Object.defineProperty(machine, name, { get: () => Reflect.get(touched, name) });
  const context = {
    root,
    version: "0",
    print: () => {},
    terminal,
    machine,
    stop: new AbortController().signal,
  };
  const made = createProgram(context as never);
  made.addCommand(createBenchProgram(context as never).name("bench"));
  const quiet = (command: Command): void => {
    command.configureOutput({ writeErr: () => {}, writeOut: () => {} });
    for (const child of command.commands) quiet(child);
  };
  quiet(made);
  return made;
}
