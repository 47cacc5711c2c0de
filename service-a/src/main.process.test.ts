import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, type ClientRequest, request } from "node:http";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";

const MAIN = new URL("main.ts", import.meta.url).pathname;
let child: ChildProcess | undefined;

/** Starts a replica as a process of its own and waits until it says which port it listens on. */
async function start(env: Record<string, string>): Promise<{ port: number; process: ChildProcess }> {
  const replica = spawn(process.execPath, ["--import", "tsx", MAIN], {
    env: { PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = replica;
  for await (const line of createInterface({ input: replica.stdout })) {
    const entry: { msg?: string; port?: number } = JSON.parse(line);
    if (entry.msg === "listening" && entry.port !== undefined) {
      replica.stdout.resume();
      return { port: entry.port, process: replica };
    }
  }
  throw new Error("the replica ended before it listened");
}

function post(port: number, agent: Agent): ClientRequest {
  return request({ host: "127.0.0.1", port, path: "/api/x", method: "POST", agent }).end("{}");
}

function answerTo(sent: ClientRequest): Promise<{ status: number | undefined; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    sent.on("error", reject).once("response", (res) => {
      res.on("error", reject).on("end", () => resolve({ status: res.statusCode, connection: res.headers.connection }));
      res.resume();
    });
  });
}

const get = (port: number, agent: Agent) => answerTo(post(port, agent));

afterEach(() => child?.kill("SIGKILL"));

describe("SIGTERM", () => {
  test("answers what is open and what still arrives on open connections, refuses new ones, leaves after 1.5 s with exit code 0", async () => {
    const { port, process: replica } = await start({ WORK_MS: "400", CONCURRENCY: "1" });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await get(port, agent)).connection).toBe("keep-alive");
    const exited = once(replica, "exit");
    const signalledMs = performance.now();
    const arrived = get(port, agent);
    replica.kill("SIGTERM");
    expect((await arrived).status).toBe(200);
    await expect(get(port, new Agent())).rejects.toThrow(/ECONNREFUSED/);
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - signalledMs).toBeGreaterThan(1400);
    expect(performance.now() - signalledMs).toBeLessThan(5000);
    agent.destroy();
  });

  test("waits for a queue that takes longer than 1.5 s", async () => {
    const { port, process: replica } = await start({ WORK_MS: "500", CONCURRENCY: "1" });
    const exited = once(replica, "exit");
    const agent = new Agent({ keepAlive: true });
    const requests = Array.from({ length: 6 }, () => post(port, agent));
    const all = Promise.all(requests.map(answerTo));
    // All are on their way: a connection that is made later is refused.
    await Promise.race([all, Promise.all(requests.map((sent) => once(sent, "finish")))]);
    replica.kill("SIGTERM");
    expect((await all).map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await exited).toEqual([0, null]);
  });
});

test("a malformed environment refuses to start and names every fault", async () => {
  const replica = spawn(process.execPath, ["--import", "tsx", MAIN], {
    env: { PORT: "x", WORK_MS: "-1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = replica;
  const lines: string[] = [];
  createInterface({ input: replica.stdout }).on("line", (line) => lines.push(line));
  expect(await once(replica, "close")).toEqual([2, null]);
  // In any order: where the pipe is full for a moment, the logger writes a later line first.
  expect(lines.join("\n")).toMatch(/PORT: write/);
  expect(lines.join("\n")).toMatch(/WORK_MS: write/);
});
