import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { systemClock } from "@compose-fleet/process";
import { createWhApi, WhApiError } from "@compose-fleet/wh-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FrontUnderTest, startFront } from "../emulator/test/front-under-test.ts";
import { observationQueries } from "../wh/src/observe/queries.ts";
import { bodyOf, bundleScaler, end, freePort, nodeFlags, rssKiB } from "./scaler-process.ts";

// Two real scalers over an emulated AWS and a Prometheus that says what the test wants. One replica a worker at most,
// so that every action is one of the worker group: 10 req/s a worker, filled to 0.9.
const fleet = {
  name: "contract",
  environment: "test",
  workers: { min: 1, max: 3 },
  services: {
    web: { path: "/", port: 80, memory: "32m", replicas: { min: 1, max: 1 }, capacity: { requestsPerSecond: 10 } },
  },
  scaling: { loop: { activeSeconds: 1, idleSeconds: 2 } },
};
const TAKEOVER_MS = 20_000;
const RSS_LIMIT_KIB = 120 * 1024;
const token = "a-token-of-the-test-0123456789";

interface Call {
  readonly by: string;
  readonly atMs: number;
  readonly desired: number;
}
interface Scaler {
  readonly name: string;
  readonly child: ChildProcess;
  readonly port: number;
  readonly output: () => string;
}

const folder = mkdtempSync(path.join(tmpdir(), "fleet-takeover-"));
const file = (name: string) => path.join(folder, name);
const servers: Server[] = [];
const scalers: Scaler[] = [];
const calls: Call[] = [];
const load = { requestsPerSecond: 5 };
let front: FrontUnderTest;
let prometheus: number;

beforeAll(async () => {
  await bundleScaler(file("wh.mjs"));
  writeFileSync(file("fleet.yaml"), JSON.stringify(fleet));
  writeFileSync(file("token"), token, { mode: 0o600 });
  front = await startFront(systemClock);
  prometheus = await listen(answerQuery);
});

afterAll(async () => {
  await Promise.all(scalers.map(({ child }) => end(child)));
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await front?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<number> {
  // A scaler that is killed in the middle of a request leaves nobody to answer.
  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Prometheus' answers for the load of now, spread evenly over the workers in service. */
async function answerQuery(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const promql = new URLSearchParams(await bodyOf(request)).get("query") ?? "";
  const parsed = parseFleetConfig(fleet);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const name = Object.entries(observationQueries(parsed.config)).find(([, query]) => query === promql)?.[0];
  const workers = front.instances.list().filter(({ state }) => state === "running");
  const each = (value: number) => workers.map(({ id }) => ({ metric: { worker: id, service: "web" }, value }));
  const share = load.requestsPerSecond / Math.max(1, workers.length);
  const values: Record<string, { metric: object; value: number }[]> = {
    up: each(1),
    requests: each(share),
    seconds: each(0.01),
    arrivals: each(share),
    replicas: each(1),
    cpu: each(0.1),
    draining: each(0),
    demand: [{ metric: { service: "web" }, value: load.requestsPerSecond }],
  };
  const result = (values[name ?? ""] ?? []).map(({ metric, value }) => ({ metric, value: [0, String(value)] }));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
}

/** A way to AWS for one scaler, which writes down what the scaler wants of the group. */
function recordingProxy(by: string): Promise<number> {
  return listen(async (request, response) => {
    const body = await bodyOf(request);
    const parameters = new URLSearchParams(body);
    if (parameters.get("Action") === "SetDesiredCapacity")
      calls.push({ by, atMs: Date.now(), desired: Number(parameters.get("DesiredCapacity")) });
    const { method, headers, url } = request;
    const onward = forward(`${front.endpoint}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    onward.end(body);
  });
}

async function startScaler(name: string): Promise<Scaler> {
  const [aws, port] = [await recordingProxy(name), await freePort()];
  const child = spawn(process.execPath, [...nodeFlags(), file("wh.mjs")], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      WH_NAME: name,
      PORT: String(port),
      FLEET_FILE: file("fleet.yaml"),
      PROMETHEUS_URL: `http://127.0.0.1:${prometheus}`,
      ALERTS_TOKEN_FILE: file("token"),
      API_TOKEN_FILE: file("token"),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${aws}`,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: front.accessKeyId,
      AWS_SECRET_ACCESS_KEY: "worth-nothing",
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  const scaler = { name, child, port, output: () => output };
  scalers.push(scaler);
  return scaler;
}

async function leaderOf({ port, output }: Scaler): Promise<{ holder: string | null; isMe: boolean; fence: number }> {
  const api = createWhApi({
    baseUrl: `http://127.0.0.1:${port}`,
    token,
    fetch: (url, init) =>
      fetch(url, {
        ...init,
        headers: { ...init.headers, connection: "close" },
        signal: AbortSignal.timeout(5_000),
      }),
  });
  try {
    const { holder, isMe, fence } = (await api.status()).leader;
    return { holder, isMe, fence: fence ?? 0 };
  } catch (error) {
    if (error instanceof WhApiError && error.problem === "unreachable") return { holder: null, isMe: false, fence: 0 };
    throw new Error(`${error}: ${output()}`);
  }
}

/** Waits until it is so; says what the calls and the scalers said when it takes too long. Returns the milliseconds it took. */
async function until(what: string, limitMs: number, isSo: () => boolean | Promise<boolean>): Promise<number> {
  const startedAtMs = Date.now();
  while (!(await isSo())) {
    if (Date.now() - startedAtMs > limitMs)
      throw new Error(
        `not within ${limitMs} ms: ${what}\n${JSON.stringify(calls)}\n${scalers.map(({ name, output }) => `--- ${name}\n${output()}`).join("\n")}`,
      );
    await sleep(100);
  }
  return Date.now() - startedAtMs;
}

const desiredBy = (name: string) => calls.filter(({ by }) => by === name).map(({ desired }) => desired);

test("kill -9 of the leader: the other acts within 20 s; stopped for longer than its lease, a leader does nothing twice", async () => {
  const first = await startScaler("first");
  await until("the first leads", 30_000, async () => (await leaderOf(first)).isMe);
  const second = await startScaler("second");
  await until("the second sees it", 30_000, async () => (await leaderOf(second)).holder?.startsWith("first/") ?? false);
  expect((await leaderOf(second)).isMe).toBe(false);

  load.requestsPerSecond = 15;
  await until("the leader scales out", 15_000, () => front.workers.group().desired === 2);
  await sleep(3_000);
  expect(calls.map(({ by, desired }) => [by, desired])).toEqual([["first", 2]]);

  await end(first.child);
  load.requestsPerSecond = 25;
  const tookMs = await until("the other takes over", TAKEOVER_MS, () => front.workers.group().desired === 3);
  expect(tookMs).toBeLessThan(TAKEOVER_MS);
  expect(desiredBy("second")).toEqual([3]);

  const third = await startScaler("third");
  await until(
    "a new one stands by",
    30_000,
    async () => (await leaderOf(third)).holder?.startsWith("second/") ?? false,
  );
  const before = await leaderOf(third);
  second.child.kill("SIGSTOP");
  // Somebody takes a worker away meanwhile: whoever leads puts it back.
  await front.workers.settle();
  calls.length = 0;
  front.workers.setDesired(2);
  await until("the standby takes over from the stopped one", TAKEOVER_MS, () => desiredBy("third").length > 0);
  expect(desiredBy("third")).toEqual([3]);
  second.child.kill("SIGCONT");
  await until(
    "the stopped one gives way",
    10_000,
    async () => (await leaderOf(second)).holder?.startsWith("third/") ?? false,
  );
  await sleep(4_000);
  expect((await leaderOf(second)).isMe).toBe(false);
  expect((await leaderOf(third)).fence).toBeGreaterThan(before.fence);
  expect(desiredBy("third")).toEqual([3]);
  const stale = desiredBy("second");
  expect(stale.length).toBeLessThanOrEqual(1);
  expect(stale.every((desired) => desired >= 1 && desired <= 3)).toBe(true);
  expect(front.workers.group().desired).toBe(3);
  for (const scaler of [second, third]) expect(rssKiB(scaler.child)).toBeLessThan(RSS_LIMIT_KIB);
});
