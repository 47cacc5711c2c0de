import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { absentPrograms } from "../../setup/src/programs.ts";
import { closing } from "./closing.ts";
import type { TestOutcome } from "./outcome.ts";
import { OUTCOME_FILE } from "./outcome-reporter.ts";
import { type Ran, runStages } from "./run-stages.ts";
import { type Stage, stages } from "./stages.ts";

// What `npm test` runs once the dependencies are there. Everything that decides is in the files beside this one.

const root = path.resolve(import.meta.dirname, "../..");
const results = path.join(root, ".fleet/test-results");
const fileOf = (stage: Stage) => path.join(results, `${stages.flat().indexOf(stage)}.json`);
const say = (line: string) => process.stdout.write(`${line}\n`);
let interrupted: NodeJS.Signals | undefined;
// A stage gets the terminal's signal itself, and ends before this process does.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    interrupted = signal;
  });

function run(stage: Stage, output: "told" | "kept"): Promise<Ran> {
  const [program, ...args] = [...(stage.yields ? ["nice", "-n", "19"] : []), process.execPath, ...stage.args];
  const child = spawn(program ?? process.execPath, args, {
    cwd: root,
    stdio: output === "told" ? "inherit" : ["ignore", "pipe", "pipe"],
    // biome-ignore lint/style/noProcessEnv: a stage has the environment of whoever runs the tests
    env: { ...process.env, [OUTCOME_FILE]: fileOf(stage) },
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part: Buffer) => said.push(part));
  const stop = () => child.kill("SIGTERM");
  process.once("SIGTERM", stop);
  return new Promise((resolve) => {
    const end = (code: number) => {
      process.off("SIGTERM", stop);
      resolve({ code, kept: Buffer.concat(said).toString() });
    };
    child.once("error", (error) => {
      say(error.message);
      end(1);
    });
    // After its last word, which may come later than its end.
    child.once("close", (code) => end(code ?? 1));
  });
}

function readOutcome(stage: Stage): TestOutcome | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(stage), "utf8")) as TestOutcome;
  } catch {
    return undefined;
  }
}

rmSync(results, { recursive: true, force: true });
const deps = { run, readOutcome, say, nowMs: () => Date.now(), isInterrupted: () => interrupted !== undefined };
const outcomes = await runStages(stages, deps);
if (interrupted === undefined) {
  // biome-ignore lint/style/noProcessEnv: programs are looked for where this process would find them
  const { lines, exitCode } = closing(outcomes, absentPrograms(process.env.PATH ?? ""));
  say(`\n${lines.join("\n")}`);
  process.exitCode = exitCode;
} else {
  say("\nInterrupted.");
  process.exitCode = interrupted === "SIGINT" ? 130 : 143;
}
