import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fleetNames, parseFleetConfig } from "@compose-fleet/fleet";
import { pollUntil, systemClock } from "@compose-fleet/process";
import { stringify } from "yaml";
import { startFakeWorld } from "./fake-world/start.ts";
import { SERVICE } from "./fake-world/steady-world.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const START_MS = 30_000;

/** The scaler's bundle at work in its own process, with AWS and Prometheus on loopback. */
export interface WhProcess {
  readonly url: string;
  readonly alertsToken: string;
  readonly apiToken: string;
  readonly actions: Awaited<ReturnType<typeof startFakeWorld>>["actions"];
  /** How the process ended; undefined while it runs. */
  ended(): string | undefined;
  /** Resident memory in MB now. */
  rssMb(): Promise<number>;
  /** Everything it logged so far. */
  log(): string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Builds and starts the scaler as its image starts it; rejects with its log when it is not ready in time. */
export async function startWh(options: { readonly dead?: boolean } = {}): Promise<WhProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), "fleet-bench-"));
  const bundle = path.join(folder, "wh.mjs");
  await run("npm", ["run", "build", "-w", "wh", "--silent", "--", `--outfile=${bundle}`], { cwd: root });
  await cp(path.join(root, "wh/dist/console"), path.join(folder, "console"), { recursive: true });
  const fleet = writeFleet(folder);
  const world = await startFakeWorld({ groupName: fleet.names.group, table: fleet.names.table });
  const port = await freePort();
  const alertsToken = writeSecret(folder, "alerts_token");
  const apiToken = writeSecret(folder, "api_token");
  const logFile = path.join(folder, "wh.log");
  const output = openSync(logFile, "a");
  const child = spawn(process.execPath, [...nodeFlags(), bundle], {
    stdio: ["ignore", output, output],
    env: {
      NODE_ENV: "production",
      FLEET_FILE: fleet.file,
      PORT: String(port),
      PROMETHEUS_URL: options.dead ? "http://127.0.0.1:9" : world.prometheusUrl,
      AWS_ENDPOINT_URL: options.dead ? "http://127.0.0.1:9" : world.awsUrl,
      AWS_ACCESS_KEY_ID: "LOCAL",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_REGION: "eu-central-1",
      ALERTS_TOKEN_FILE: path.join(folder, "alerts_token"),
      API_TOKEN_FILE: path.join(folder, "api_token"),
    },
  });
  closeSync(output);
  let end: string | undefined;
  child.once("error", (error) => {
    end = error.message;
  });
  child.once("exit", (code, signal) => {
    end = signal ?? `exit code ${code}`;
  });
  const log = () => readFileSync(logFile, "utf8");
  const stop = async () => {
    if (end === undefined) {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const hard = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await exited;
      clearTimeout(hard);
    }
    await world.stop();
    rmSync(folder, { recursive: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const settled = async () => end !== undefined || (await isReady(url)) || undefined;
  if (!(await pollUntil(settled, { clock: systemClock, everyMs: 100, limitMs: START_MS })) || end !== undefined) {
    const said = log();
    await stop();
    throw new Error(`The scaler did not become ready (${end ?? "too slow"}):\n${said.slice(-2000)}`);
  }
  return {
    url,
    alertsToken,
    apiToken,
    actions: world.actions,
    ended: () => end,
    rssMb: async () => {
      const { stdout } = await run("ps", ["-o", "rss=", "-p", String(child.pid)]);
      return Number(stdout) / 1024;
    },
    log,
    stop,
  };
}

/** The flags of the image's entry point, so that the heap's limit is production's. */
function nodeFlags(): string[] {
  const text = readFileSync(path.join(root, "wh/Dockerfile"), "utf8");
  const entry: string[] = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(text)?.[1] ?? "[]");
  return entry.filter((word) => word.startsWith("--"));
}

/** A fleet for which the fake world is steady: two workers at least; what is let go leaves within seconds. */
function writeFleet(folder: string) {
  const input = {
    name: "bench",
    environment: "local",
    workers: { min: 2, max: 6 },
    services: {
      [SERVICE]: { path: "/api/", port: 3000, memory: "64m", capacity: { requestsPerSecond: 71 } },
    },
    scaling: {
      loop: { activeSeconds: 1, idleSeconds: 2 },
      replicas: { scaleInWindowSeconds: 5 },
      workers: { scaleInWindowSeconds: 5 },
    },
  };
  const parsed = parseFleetConfig(input);
  if (!parsed.ok) throw new Error(parsed.faults.map((fault) => `${fault.path}: ${fault.message}`).join("\n"));
  const file = path.join(folder, "fleet.yaml");
  writeFileSync(file, stringify(input));
  return { file, names: fleetNames(parsed.config) };
}

function writeSecret(folder: string, name: string): string {
  const secret = randomBytes(24).toString("hex");
  writeFileSync(path.join(folder, name), secret, { mode: 0o600 });
  return secret;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
