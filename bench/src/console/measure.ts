import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { countOption, jsonFile, readOptions, report, runCommand, say } from "../command.ts";
import { startWh } from "../webhook/wh-process.ts";
import { findChromium, startBrowser } from "./browser.ts";
import { firstPaintMs, lagMsP95, longestFrameMs, whGrowthMb } from "./in-browser.ts";
import { weigh } from "./weigh.ts";

const USAGE = `Usage: npm run bench:console -- [--json FILE] [--seconds 30]

Builds the console, weighs it, and looks at it in Chromium: at the scaler's bundle, with an AWS and a Prometheus on loopback, and at a
recorded fleet of 1,000 workers with 10 replicas each. --seconds is how long 20 pages stay open at the scaler.

Prints {"bytes","gzipBytes","firstPaintMs","lagMsP95","longestFrameMs","whGrowthMb"}. Without Chromium what it would measure is null.
Exit codes: 0 targets met (150 kB, 1,000 ms, 2,000 ms, 100 ms, 20 MB; null misses none), 1 missed or failed, 2 wrong usage.
`;
const TARGETS = {
  bytes: 150_000,
  firstPaintMs: 1_000,
  lagMsP95: 2_000,
  longestFrameMs: 100,
  whGrowthMb: 20,
} as const;
const root = fileURLToPath(new URL("../../..", import.meta.url));
/** What a fresh process grows by whoever looks is not the pages'. */
const WARM_UP_MS = 10_000;

await runCommand(USAGE, async (args) => {
  const options = readOptions(args, ["json", "seconds"]);
  const file = await jsonFile(options.json);
  const seconds = countOption("seconds", options.seconds, 30);
  const folder = mkdtempSync(path.join(tmpdir(), "fleet-bench-console-"));
  try {
    await promisify(execFile)(process.execPath, [path.join(root, "console/build.mjs"), `--outdir=${folder}`]);
    const executable = findChromium("the console");
    const looked = { firstPaintMs: null, lagMsP95: null, longestFrameMs: null };
    const figures = {
      ...weigh(folder),
      ...looked,
      ...(await atScaler(executable, seconds)),
      ...(executable && (await atRecording(executable, folder))),
    };
    await report(figures, file);
    return Object.entries(TARGETS).flatMap(([name, most]) => {
      const figure = figures[name as keyof typeof TARGETS];
      return figure !== null && figure > most ? [`${name} is ${figure}, the target ${most}`] : [];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function atScaler(executable: string | undefined, seconds: number) {
  say("Building and starting the scaler ...");
  const wh = await startWh();
  const browser = executable === undefined ? undefined : await startBrowser(executable);
  try {
    await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
    const grown = { whGrowthMb: rounded(await whGrowthMb(wh, seconds)) };
    return browser ? { ...grown, firstPaintMs: rounded(await firstPaintMs(browser, wh)) } : grown;
  } finally {
    await browser?.close();
    await wh.stop();
  }
}

async function atRecording(executable: string, folder: string) {
  say("Looking at a recorded fleet ...");
  const browser = await startBrowser(executable);
  try {
    return {
      lagMsP95: rounded(await lagMsP95(browser, folder)),
      longestFrameMs: rounded(await longestFrameMs(browser, folder)),
    };
  } finally {
    await browser.close();
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
