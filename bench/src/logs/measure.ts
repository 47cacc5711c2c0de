import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { FLEET_LABEL, findLocalFleet, WORKER_LABEL } from "@compose-fleet/local-fleet/session";
import { CliError, command, createTerminalRunner, type Runner } from "@compose-fleet/process";
import { countOption, jsonFile, readOptions, report, runCommand, say, UsageError } from "../command.ts";
import { type FloodPlan, readFloodLine, startFlood } from "./flood.ts";

const USAGE = `Usage: npm run bench:logs -- [--name FLEET] [--seconds 20] [--json FILE]

Follows the logs of a local fleet that runs, by \`fleet logs --follow\`, while a container of its own prints into one of the workers: 5,000
lines a second, 5,000 binary ones, and 100,000. A replica logs as that container does: files of 10 MB, three of them.

Prints, for each: {"linesPerSecond","shown","missing","twice","lagMsP99","lagMsEnd","peakMb","endedMs"}.
Exit codes: 0 targets met (at 5,000 nothing missing and p99 below 2,000 ms; below 400 MB; ended within 2,000 ms of Ctrl-C), 1 missed or
failed, 2 wrong usage, or no fleet.
`;
const LAG_MS = 2_000;
const PEAK_MB = 400;
const END_MS = 2_000;
const FULL_SPEED = 5_000;
/** What is still on its way when the container has ended. */
const REST_MS = 3_000;

const root = fileURLToPath(new URL("../../..", import.meta.url));

await runCommand(USAGE, async (args) => {
  const options = readOptions(args, ["name", "seconds", "json"]);
  const file = await jsonFile(options.json);
  const seconds = countOption("seconds", options.seconds, 20);
  const runner = createTerminalRunner();
  const { cloud } = await findLocalFleet(root, options.name);
  const worker = cloud.workers[0]?.id;
  if (worker === undefined) throw new UsageError(`the local fleet ${cloud.name} has no worker`);
  const place = { fleet: cloud.name, worker, image: await nodeImage(runner, cloud.name) };
  const plans: readonly (FloodPlan & { readonly name: string })[] = [
    { name: "steady", linesPerSecond: FULL_SPEED, seconds, isBinary: false },
    { name: "binary", linesPerSecond: FULL_SPEED, seconds, isBinary: true },
    { name: "flood", linesPerSecond: 100_000, seconds, isBinary: false },
  ];
  const figures: Record<string, Awaited<ReturnType<typeof follow>>> = {};
  for (const { name, ...plan } of plans) {
    say(`${plan.linesPerSecond} ${plan.isBinary ? "binary " : ""}lines a second for ${seconds} s ...`);
    figures[name] = await follow(runner, place, plan);
  }
  await report(figures, file);
  return Object.entries(figures).flatMap(([name, figure]) => [
    ...(figure.linesPerSecond <= FULL_SPEED && figure.missing > 0 ? [`${name}: ${figure.missing} lines missing`] : []),
    ...(figure.linesPerSecond <= FULL_SPEED && figure.lagMsP99 > LAG_MS
      ? [`${name}: ${figure.lagMsP99} ms behind`]
      : []),
    ...(figure.peakMb > PEAK_MB ? [`${name}: ${figure.peakMb} MB`] : []),
    ...(figure.endedMs > END_MS ? [`${name}: ended ${figure.endedMs} ms after Ctrl-C`] : []),
  ]);
});

/** The image of Node that each worker has. */
async function nodeImage(runner: Runner, fleet: string): Promise<string> {
  const filters = [`label=${FLEET_LABEL}=${fleet}`, "label=com.docker.compose.service=container-metrics"];
  const asked = command("docker", "ps", ...filters.flatMap((each) => ["--filter", each]), "--format", "{{.Image}}");
  const [image] = (await runner.run(asked)).stdout.trim().split("\n");
  if (!image) throw new CliError(`No worker of ${fleet} runs its container-metrics.`);
  return image;
}

async function follow(
  runner: Runner,
  { fleet, worker, image }: { readonly fleet: string; readonly worker: string; readonly image: string },
  plan: FloodPlan,
) {
  const args = ["cli/bin/fleet.mjs", "logs", worker, "--follow", "--since", "1s", "--name", fleet];
  const cli = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(cli, "exit");
  const lags: number[] = [];
  const numbers = new Set<number>();
  let lagMsEnd = 0;
  createInterface({ input: cli.stdout }).on("line", (line) => {
    const found = readFloodLine(line);
    if (found === undefined) return;
    lagMsEnd = Date.now() - found.atMs;
    lags.push(lagMsEnd);
    numbers.add(found.number);
  });
  const labels = [
    `${FLEET_LABEL}=${fleet}`,
    `${WORKER_LABEL}=${worker}`,
    "com.docker.compose.service=flood",
    "com.docker.compose.container-number=1",
  ];
  const id = await startFlood(runner, labels, image, plan);
  try {
    await runner.run(command("docker", "wait", id));
    await sleep(REST_MS);
    const peakMb = peakOf(cli.pid);
    const askedMs = performance.now();
    cli.kill("SIGINT");
    await ended;
    const endedMs = Math.round(performance.now() - askedMs);
    const total = plan.linesPerSecond * plan.seconds;
    const shown = numbers.size;
    return {
      linesPerSecond: plan.linesPerSecond,
      shown,
      missing: total - shown,
      // Probably where Docker begins a new file.
      twice: lags.length - shown,
      lagMsP99: lags.sort((a, b) => a - b)[Math.floor(lags.length * 0.99)] ?? 0,
      lagMsEnd,
      peakMb,
      endedMs,
    };
  } finally {
    cli.kill("SIGKILL");
    await runner.run(command("docker", "rm", "--force", "--volumes", id));
  }
}

/** The most memory that a process has had, MB. */
function peakOf(pid: number | undefined): number {
  const [, kilobytes = "0"] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
