import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { DescribeSessionsCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { createGroupRunner, type Runner, systemClock } from "@compose-fleet/process";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { decision, status } from "../../../core/wh-api/test/examples.ts";
import { type FrontUnderTest, startFront } from "../../../emulator/test/front-under-test.ts";
import { type SdkClients, sdkClients } from "../../../emulator/test/sdk-under-test.ts";
import { awsTarget } from "./aws-target.ts";

// The whole way but for AWS's data channel: the emulated AWS, a scaler behind it, and a stand-in of the plugin as a program.

const MONITORING = "i-0123456789abcdef0";
const WORKER = "i-0aaaaaaaaaaaaaaa0";
const PLUGIN = resolve(import.meta.dirname, "../../../emulator/test/session-manager-plugin.mjs");
const TOKEN_PARAMETER = "/fleet/contract/test/secrets/API_TOKEN";

let front: FrontUnderTest;
let sdk: SdkClients;
let scaler: Server;
let bin: string;
let stopping: AbortController;

beforeAll(async () => {
  scaler = createServer((request, response) => {
    if (request.headers.authorization !== "Bearer t0ken") return response.writeHead(401).end('{"error":"wrong token"}');
    const body = request.url === "/api/status" ? status : { decisions: [decision] };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((done) => scaler.listen(0, "127.0.0.1", done));
  const address = `127.0.0.1:${(scaler.address() as AddressInfo).port}`;
  front = await startFront(systemClock, {
    reach: (id, port, host) => (id === MONITORING && port === 8090 && host === "localhost" ? address : undefined),
  });
  sdk = sdkClients(front.endpoint, front.accessKeyId);
  bin = await mkdtemp(join(tmpdir(), "plugin-"));
  await copyFile(PLUGIN, join(bin, "session-manager-plugin"));
  await chmod(join(bin, "session-manager-plugin"), 0o755);
  const machine = (id: string, tags: Record<string, string>) =>
    front.instances.add({
      id,
      zone: "eu-central-1a",
      address: "172.16.9.9",
      instanceType: "t3.small",
      state: "running",
      launchedAtMs: 0,
      managed: true,
      tags: { fleet: "contract", environment: "test", ...tags },
    });
  machine(MONITORING, { Name: "fleet-contract-test-monitoring" });
  machine(WORKER, { worker: "true" });
  machine("i-0bbbbbbbbbbbbbbb0", { Name: "fleet-contract-test-image" });
});

beforeEach(async () => {
  stopping = new AbortController();
  front.instances.update(MONITORING, { state: "running", managed: true });
  await sdk.ssm.send(
    new PutParameterCommand({ Name: TOKEN_PARAMETER, Type: "SecureString", Value: "t0ken", Overwrite: true }),
  );
});

afterAll(async () => {
  sdk.destroy();
  await front.close();
  scaler.closeAllConnections();
  scaler.close();
  await rm(bin, { recursive: true });
});

function targetOf({ path = bin, clients = sdk, version = "1.2.707.0" } = {}) {
  const parsed = parseFleetConfig({
    name: "contract",
    environment: "test",
    services: { web: { path: "/", port: 80, memory: "32m", capacity: { requestsPerSecond: 10 } } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  // biome-ignore lint/style/noProcessEnv: the stand-in needs node
  const rest = process.env.PATH ?? "";
  const runner: Runner = createGroupRunner({ PATH: `${path}${delimiter}${rest}`, STAND_IN_VERSION: version });
  const { ec2, ssm, sts, autoscaling: autoScaling, elbv2: balancer } = clients;
  return awsTarget(
    parsed.config,
    { ec2, ssm, sts, autoScaling, balancer, logs: { send: () => Promise.reject(new Error("not asked for here")) } },
    { programs: { attach: async () => 0 }, runner, clock: systemClock, stop: stopping.signal },
  );
}

async function sessions(): Promise<number> {
  const { Sessions = [] } = await sdk.ssm.send(new DescribeSessionsCommand({ State: "Active" }));
  return Sessions.length;
}

test("the scaler is asked through a tunnel with the token of Parameter Store; closed, nothing of it is left", async () => {
  const target = targetOf();
  expect(await target.scaler.status()).toEqual(status);
  expect(await target.scaler.audit({ sinceMs: 0, limit: 10 })).toEqual([decision]);
  const address = await target.address("wh");
  // One to each scaler, however often they are asked.
  expect(await sessions()).toBe(2);
  await target.close();
  await target.close();
  expect(await sessions()).toBe(0);
  await expect(fetch(address)).rejects.toThrow("fetch failed");
});

test("closed while it opens, a tunnel is not left open", async () => {
  const target = targetOf();
  const opening = target.address("grafana").catch((error: Error) => error.message);
  await target.close();
  await opening;
  await target.close();
  await expect.poll(sessions).toBe(0);
});

test("machines are the workers and monitoring, and nothing else that carries the fleet's tags", async () => {
  const ids = (await targetOf().machines.list()).map(({ id }) => id);
  expect(ids).toContain(WORKER);
  expect(ids.at(-1)).toBe(MONITORING);
  expect(ids).not.toContain("i-0bbbbbbbbbbbbbbb0");
});

test("a script runs there as it was written, and its exit code comes back", async () => {
  const machine = { id: MONITORING, kind: "monitoring" } as const;
  const script = `printf '%s' "$STACK {{.Names}} it's"; echo "\${BASH_VERSION:+bash}" >&2; exit 3`;
  expect(await targetOf().machines.run(machine, script)).toEqual({
    exitCode: 3,
    stdout: "/opt/fleet/stack-prometheus {{.Names}} it's",
    stderr: "bash\n",
  });
});

test.each<
  [string, () => unknown, Parameters<typeof targetOf>[0] | (() => Parameters<typeof targetOf>[0]), RegExp, number]
>([
  ["without the plugin", () => undefined, { path: "/nowhere" }, /plugin is not installed here .*https:/, 2],
  [
    "with one that takes the token as an argument",
    () => undefined,
    { version: "1.2.497.0" },
    /"1.2.497.0" is too old/,
    2,
  ],
  [
    "without a monitoring instance",
    () => front.instances.update(MONITORING, { state: "terminated" }),
    {},
    /No monitoring instance of contract \(test\) runs in/,
    2,
  ],
  [
    "whose agent is not online",
    () => front.instances.update(MONITORING, { managed: false }),
    {},
    /is not connected/,
    1,
  ],
  [
    "with credentials that AWS does not take",
    () => undefined,
    () => ({ clients: sdkClients(front.endpoint, "AKIAEXPIRED") }),
    /AWS does not take these credentials/,
    2,
  ],
])("%s: a sentence, and no session is begun", async (_rule, arrange, options, sentence, exitCode) => {
  arrange();
  const target = targetOf(typeof options === "function" ? options() : options);
  await expect(target.scaler.status()).rejects.toMatchObject({ message: expect.stringMatching(sentence), exitCode });
  await target.close();
  expect(await sessions()).toBe(0);
});
