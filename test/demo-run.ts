import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import { inDocker, leftInDocker } from "./docker-leftovers.ts";

const root = path.resolve(import.meta.dirname, "..");
const fleet = path.join(import.meta.dirname, "fixtures", "fleet.short.yaml");
const LB_PORT = "28080";
const ports = [
  "--lb-port",
  LB_PORT,
  "--lb-proxy-port",
  "28081",
  "--wh-port",
  "28090",
  "--wh-standby-port",
  "28091",
  "--prometheus-port",
  "29090",
  "--alertmanager-port",
  "29093",
];
/** Options of a demo whose fleet is the test's own: another name, other ports. */
export const options = ["--fleet", fleet, ...ports, "--aws-port", "24566", "--boot-seconds", "2"];

const FILTER = "label=compose-fleet.local=demotest";

/** What is left of the test's fleet, which has ended: containers, networks, volumes, processes. */
export const leftovers = (): string[] => [...leftInDocker(FILTER), ...processesLeft()];

/** What there is of the test's fleet. */
export const present = (): string[] => [...inDocker(FILTER), ...processesLeft()];

function processesLeft(): string[] {
  const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return processes.filter(
    (line) =>
      line.includes(".fleet/local/demotest/") || (line.includes("load/bin/load-worker.mjs") && line.includes(LB_PORT)),
  );
}

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly stdout: () => string;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  until(pattern: RegExp): Promise<void>;
}

const runs: Run[] = [];

/** Starts a fleet command as a person does. */
export function fleetCommand(...args: string[]): Run {
  const child = spawn(process.execPath, [path.join(root, "cli/bin/fleet.mjs"), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  let results = "";
  child.stdout.on("data", (chunk: Buffer) => {
    results += chunk.toString();
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? signal)),
  );
  const run: Run = {
    child,
    ended,
    output: () => text,
    stdout: () => results,
    until: async (pattern) => {
      let isOver = false;
      void ended.then(() => {
        isOver = true;
      });
      while (!pattern.test(text)) {
        if (isOver) throw new Error(`The command ended before it said ${pattern}:\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  };
  runs.push(run);
  return run;
}

/** Before and after every test file that runs demos: nothing of the test's fleet is there. */
export function cleanUp(): void {
  beforeAll(async () => {
    await fleetCommand("local", "down", "--name", "demotest").ended;
  });
  afterEach(async () => {
    for (const run of runs.splice(0)) {
      if (run.child.exitCode === null && run.child.signalCode === null) run.child.kill("SIGTERM");
      await run.ended;
    }
  });
  afterAll(() => rmSync(path.join(root, ".fleet/local/demotest"), { recursive: true, force: true }));
}
