import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A Python package, not one of ours: pip install 'moto[server]'. */
const MOTO = "moto_server";
/** AWS's own policies, so that roles can refer to them. */
const SETTINGS = { MOTO_IAM_LOAD_MANAGED_POLICIES: "true" };
const START_SECONDS = 120;

/** Whether moto_server is on this machine's PATH. */
export function hasMoto(path: string | undefined): boolean {
  return spawnSync(MOTO, ["--help"], { env: { PATH: path } }).status === 0;
}

/** Starts moto_server, empty, on a free loopback port, as the account of this number where one is given. Rejects where it does not answer. */
export async function startMoto(
  path: string | undefined,
  account: string | undefined,
): Promise<{ endpoint: string; close(): Promise<void> }> {
  const port = await freePort();
  const child = spawn(MOTO, ["-H", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
    env: { PATH: path, ...SETTINGS, ...(account ? { MOTO_ACCOUNT_ID: account } : {}) },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const close = () => end(child);
  for (let second = 0; second < START_SECONDS * 2 && child.exitCode === null; second += 1) {
    if (await answers(endpoint)) return { endpoint, close };
    await sleep(500);
  }
  await close();
  throw new Error(`moto_server does not answer on port ${port} (exit code ${child.exitCode})`);
}

function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/moto-api/data.json`).then(
    (response) => response.ok,
    () => false,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
