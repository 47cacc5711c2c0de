import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { createTerminalPrograms, createTerminalRunner, systemClock } from "@compose-fleet/process";
import { createHost, imageCatalog } from "@compose-fleet/setup";
import { readHidden } from "../secrets/read-hidden.ts";
import type { CliContext } from "./context.ts";
import type { Interrupts } from "./interrupts.ts";
import { plainText, showsUtf8 } from "./plain-text.ts";
import { createLineProgress, createTerminalProgress } from "./progress.ts";

/** The context of this process. The only place of the command line that reads its environment. */
export function processContext(interrupts: Pick<Interrupts, "stop">): CliContext {
  // biome-ignore lint/style/noProcessEnv: composition root
  const env = process.env;
  const isTty = process.stderr.isTTY === true && env.TERM !== "dumb";
  const write = writeToTerminal;
  const columns = () => process.stderr.columns ?? 120;
  const { nowMs } = systemClock;
  const progress = isTty
    ? createTerminalProgress({ write, nowMs, columns: columns() })
    : createLineProgress({ write, nowMs });
  const host = createHost({
    home: homeFolder(),
    path: env.PATH ?? "",
    nowMs,
    ...(env.DOCKER_HOST === undefined ? {} : { dockerHost: env.DOCKER_HOST }),
  });
  const canAsk = isTty && process.stdin.isTTY === true;
  const root = resolve(import.meta.dirname, "../../..");
  return {
    root,
    version: projectVersion(root),
    print: (line) => void process.stdout.write(`${line}\n`),
    write: (text) => new Promise((resolve) => process.stdout.write(text, (error) => resolve(error == null))),
    canType: process.stdin.isTTY === true && process.stdout.isTTY === true,
    terminal: {
      isTty,
      columns,
      write,
      progress,
      readHidden: (prompt) => readHidden(process.stdin, process.stderr, prompt),
    },
    machine: {
      runner: createTerminalRunner(),
      programs: createTerminalPrograms(),
      host,
      actor: { isRoot: host.isRoot, say: progress.note, ...(canAsk ? { ask } : {}) },
      imageOverrides: Object.fromEntries(imageCatalog.map((entry) => [entry.variable, env[entry.variable]])),
      localSecretOf: (name) => env[`LOCAL_${name}`],
    },
    // Who reads it takes on to clean up: see watchInterrupts.
    get stop() {
      return interrupts.stop;
    },
  };
}

/** What a person reads, on standard error, in signs that the terminal shows. */
export function writeToTerminal(text: string): void {
  // biome-ignore lint/style/noProcessEnv: composition root
  process.stderr.write(showsUtf8(process.env) ? text : plainText(text));
}

function projectVersion(root: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8"));
  return version;
}

/** The person's folder; the root where there is none: a user without an entry in /etc/passwd, and HOME not set. */
function homeFolder(): string {
  try {
    return homedir() || "/";
  } catch {
    return "/";
  }
}

async function ask(question: string): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
  } finally {
    reader.close();
  }
}
