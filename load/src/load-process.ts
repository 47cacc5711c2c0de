import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  type LoadFailure,
  type LoadMessage,
  type LoadRequest,
  type LoadSecond,
  type LoadSummary,
  parseLoadMessage,
} from "./messages.ts";

/** A load generator at work in its own process. */
export interface LoadProcess {
  /** Resolves when every request has its outcome; rejects when the process fails. */
  readonly finished: Promise<LoadSummary>;
  /** Ends the schedule; `finished` resolves once the requests under way are answered. */
  stop(): void;
  /** Ends the process at once. */
  kill(): void;
}

const workerFile = fileURLToPath(new URL("../bin/load-worker.mjs", import.meta.url));

/** Starts the generator; every failed request is also reported on its own. It stops by itself when this process dies. */
export function startLoad(
  request: LoadRequest,
  onSecond: (second: LoadSecond) => void,
  onFailure: (failure: LoadFailure) => void = () => {},
): LoadProcess {
  const child = spawn(process.execPath, [workerFile, JSON.stringify(request)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let summary: LoadSummary | undefined;
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = `${errors}${chunk.toString()}`.slice(-2_000);
  });
  child.stdin.on("error", () => {});
  // A process that is killed may leave half a line.
  let broken: string | undefined;
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const message = messageIn(line);
    if (message === undefined) broken ??= line;
    else if (message.type === "second") onSecond(message);
    else if (message.type === "failure") onFailure(message);
    else summary = message;
  });
  const finished = new Promise<LoadSummary>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (summary !== undefined && broken === undefined) return resolve(summary);
      reject(new Error(whatWentWrong(signal ?? `exit code ${code}`, summary !== undefined, broken, errors.trim())));
    });
  });
  // Whoever stops waiting for it need not catch it as well.
  finished.catch(() => {});
  return { finished, stop: () => child.stdin.end(), kill: () => child.kill("SIGKILL") };
}

/** Why a generator that ended so has failed; `broken` is a line of it that cannot be read. */
export function whatWentWrong(ending: string, isDone: boolean, broken: string | undefined, errors: string): string {
  const problem = isDone ? "printed what cannot be read." : `ended (${ending}) before it was done.`;
  return `The load generator ${problem}\n${broken === undefined ? "" : `It printed: ${broken}\n`}${errors}`;
}

function messageIn(line: string): LoadMessage | undefined {
  try {
    return parseLoadMessage(line);
  } catch {
    return undefined;
  }
}
