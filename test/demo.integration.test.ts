import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const fleet = path.join(import.meta.dirname, "fixtures", "fleet.short.yaml");
const ports = [
  "--lb-port",
  "28080",
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
const common = ["--fleet", fleet, ...ports, "--aws-port", "24566", "--boot-seconds", "2"];
const folder = mkdtempSync(path.join(tmpdir(), "fleet-demo-"));
/** Every few seconds a line says how much is offered: which of them comes first at ten or more depends on the machine. */
const UNDER_LOAD = / [1-9]\d+ req\/s offered/;

/** What is left of the test's fleet: containers, networks, volumes, processes. */
function leftovers(): string[] {
  const filter = ["--filter", "label=compose-fleet.local=demotest", "--format"];
  const list = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).split("\n").filter(Boolean);
  const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return [
    ...list("ps", "-a", ...filter, "{{.Names}}"),
    ...list("network", "ls", ...filter, "{{.Name}}"),
    ...list("volume", "ls", ...filter, "{{.Name}}"),
    ...processes.filter((line) => line.includes(".fleet/local/demotest/") || line.includes("load/bin/load-worker.mjs")),
  ];
}

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly stdout: () => string;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  until(pattern: RegExp): Promise<void>;
}

const runs: Run[] = [];

function fleetCommand(...args: string[]): Run {
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

async function untilNothingIsLeft(seconds: number): Promise<string[]> {
  const deadline = Date.now() + seconds * 1000;
  while (leftovers().length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 500));
  return leftovers();
}

beforeAll(async () => {
  await fleetCommand("local", "down", "--name", "demotest").ended;
});
afterEach(async () => {
  for (const run of runs.splice(0)) {
    if (run.child.exitCode === null && run.child.signalCode === null) run.child.kill("SIGTERM");
    await run.ended;
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(path.join(root, ".fleet/local/demotest"), { recursive: true, force: true });
});

describe("fleet demo", { timeout: 900_000 }, () => {
  test("scales out at both levels, loses no request, scales in, leaves nothing", async () => {
    const report = path.join(folder, "report.json");
    const run = fleetCommand("demo", ...common, "--rate", "300", "--ramp", "40s", "--hold", "20s", "--report", report);
    const code = await run.ended;
    expect(code, run.output()).toBe(0);
    const { requests, workers, replicas, reversals } = JSON.parse(readFileSync(report, "utf8"));
    expect(requests.failed, run.output()).toBe(0);
    expect(requests.sent).toBeGreaterThan(12_000);
    expect(workers).toMatchObject({ start: 1, end: 1 });
    expect(workers.peak).toBeGreaterThan(1);
    expect(replicas).toMatchObject({ start: 1, end: 1 });
    expect(replicas.peak).toBeGreaterThan(4);
    expect(reversals).toBeLessThanOrEqual(2);
    expect(leftovers()).toEqual([]);
  });

  test("with the scaler held, the same load fails badly, and the run says so", async () => {
    const run = fleetCommand(
      "demo",
      ...common,
      "--rate",
      "300",
      "--ramp",
      "10s",
      "--hold",
      "20s",
      "--no-scaling",
      "--json",
    );
    expect(await run.ended, run.output()).toBe(0);
    const report = JSON.parse(run.stdout());
    expect(report.requests.failed / report.requests.sent).toBeGreaterThan(0.5);
    expect(report).toMatchObject({
      actions: 0,
      workers: { start: 1, peak: 1, end: 1 },
      replicas: { start: 1, peak: 1, end: 1 },
    });
    expect(leftovers()).toEqual([]);
  });

  test.each<[string, RegExp]>([
    ["while the fleet starts", /monitoring/],
    ["while the load runs", UNDER_LOAD],
  ])("Ctrl-C %s ends everything and exits with 130", async (_when, moment) => {
    const run = fleetCommand("demo", ...common, "--rate", "100", "--ramp", "60s");
    await run.until(moment);
    run.child.kill("SIGINT");
    run.child.kill("SIGINT");
    expect(await run.ended, run.output()).toBe(130);
    expect(leftovers()).toEqual([]);
  });

  test("also when the command is killed outright, nothing is left", async () => {
    const run = fleetCommand("demo", ...common, "--rate", "100", "--ramp", "60s");
    await run.until(UNDER_LOAD);
    run.child.kill("SIGKILL");
    await run.ended;
    expect(await untilNothingIsLeft(60)).toEqual([]);
  });
});
