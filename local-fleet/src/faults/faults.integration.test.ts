import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import {
  AutoScalingClient,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callControl, controlSocket, readStatus } from "../control.ts";
import type { LocalFleetStatus } from "../status.ts";
import type { ActiveFault } from "./fault.ts";

const NAME = "faultstest";
const ROOT = resolve(import.meta.dirname, "../../..");
const SOCKET = controlSocket(join(ROOT, ".fleet", "local", NAME));
const GROUP = `fleet-${NAME}-test-workers`;
const PORTS = { lb: 28080, wh: 28090, "wh-standby": 28091, prometheus: 29090, alertmanager: 29093, aws: 24566 };
const run = promisify(execFile);
const patient = { timeout: 60_000, interval: 250 };

let folder: string;
let status: LocalFleetStatus;
let clients: { autoscaling: AutoScalingClient; ec2: EC2Client; ssm: SSMClient; dynamodb: DynamoDBClient };

const fleet = (...args: string[]) => run("npx", ["fleet", ...args], { cwd: ROOT });
const docker = async (...args: string[]) => (await run("docker", args)).stdout.trim();
const project = () => status.containers.monitoringProject;
const container = (service: string) =>
  docker(
    ...["ps", "--all", "--quiet", "--filter", `label=com.docker.compose.project=${project()}`],
    ...["--filter", `label=com.docker.compose.service=${service}`],
  );
const stateOf = async (service: string) => docker("inspect", "--format", "{{.State.Status}}", await container(service));
const worker = async (id: string) => (await readStatus(SOCKET))?.workers.find((each) => each.id === id);

async function call(method: string, path: string, input?: object) {
  const answer = await callControl(SOCKET, method, path, input);
  return { status: answer?.status, body: JSON.parse(answer?.body ?? "null") as unknown };
}

async function begin(name: string, more: object = {}): Promise<ActiveFault> {
  const answer = await call("POST", "/faults", { name, ...more });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201, body: { name } });
  return answer.body as ActiveFault;
}

const end = async (fault: ActiveFault) => expect((await call("DELETE", `/faults/${fault.id}`)).status).toBe(200);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "faults-"));
  const fleetFile = join(folder, "fleet.yaml");
  // JSON is YAML.
  await writeFile(
    fleetFile,
    JSON.stringify({
      name: NAME,
      environment: "test",
      network: { cidr: "10.231.10.0/24", zones: ["a", "b"], privateZone: `${NAME}.local` },
      workers: { min: 2, max: 3 },
      services: {
        "service-a": { path: "/api/", port: 3000, memory: "192m", capacity: { requestsPerSecond: 71 } },
      },
      scaling: { loop: { activeSeconds: 1, idleSeconds: 2 }, metrics: { scrapeSeconds: 1, rateWindowSeconds: 5 } },
    }),
  );
  const ports = Object.entries(PORTS).flatMap(([name, port]) => [`--${name}-port`, String(port)]);
  // The scaler must not repair what is broken here on purpose.
  await fleet("local", "up", "--hold", "--fleet", fleetFile, "--boot-seconds", "1", ...ports);
  const read = await readStatus(SOCKET);
  if (!read) throw new Error("the fleet does not answer");
  status = read;
  const settings = {
    endpoint: status.endpoints.aws,
    region: status.aws.region,
    credentials: { accessKeyId: status.aws.accessKeyId, secretAccessKey: status.aws.secretAccessKey },
    maxAttempts: 1,
  };
  clients = {
    autoscaling: new AutoScalingClient(settings),
    ec2: new EC2Client(settings),
    ssm: new SSMClient(settings),
    dynamodb: new DynamoDBClient(settings),
  };
});

afterAll(async () => {
  for (const client of Object.values(clients ?? {})) client.destroy();
  await fleet("local", "down", "--name", NAME);
  await rm(folder, { recursive: true, force: true });
});

const readItem = () =>
  clients.dynamodb.send(
    new GetItemCommand({ TableName: `fleet-${NAME}-test-state`, Key: { pk: { S: "x" }, sk: { S: "y" } } }),
  );

test.each([
  ["a fault nobody knows", { name: "fire" }, 400, "name: write one of kill-wh"],
  ["a time that is none", { name: "kill-wh", forSeconds: -1 }, 400, "forSeconds"],
  ["an unknown key", { name: "kill-wh", colour: 1 }, 400, "colour"],
  ["a worker that is not there", { name: "cut-worker", worker: "i-00000000000000000" }, 404, "no worker i-0000"],
  ["a worker for a fault of something else", { name: "kill-wh", worker: "i-00000000000000000" }, 400, "leave out"],
])("refuses %s, and changes nothing", async (_rule, input, code, message) => {
  expect(await call("POST", "/faults", input)).toEqual({
    status: code,
    body: { error: expect.stringContaining(message) },
  });
  expect((await call("GET", "/faults")).body).toMatchObject({ active: [] });
});

test("dynamodb-down: no answer, until it is undone; the same fault twice is refused", async () => {
  const fault = await begin("dynamodb-down");
  await expect(readItem()).rejects.toThrow();
  expect((await call("POST", "/faults", { name: "dynamodb-down" })).status).toBe(409);
  await end(fault);
  await readItem();
  expect((await call("DELETE", `/faults/${fault.id}`)).status).toBe(404);
});

test("aws-throttled: about every second call is refused, and it is undone by itself", async () => {
  await begin("aws-throttled", { forSeconds: 3 });
  const answers: string[] = [];
  const ask = async () => {
    const answer = clients.ec2.send(new DescribeInstancesCommand({})).then(
      () => "answered",
      (error: Error) => error.name,
    );
    answers.push(await answer);
  };
  for (let asked = 0; asked < 20; asked += 1) await ask();
  // The scaler and Prometheus take part in the counting.
  expect(new Set(answers)).toEqual(new Set(["answered", "RequestLimitExceeded"]));
  await expect.poll(async () => (await call("GET", "/faults")).body, patient).toMatchObject({ active: [] });
  await clients.ec2.send(new DescribeInstancesCommand({}));
});

test("ssm-failing and ssm-slow: one worker's commands fail; all begin 5 s later", async () => {
  const [{ id: InstanceId } = { id: "" }] = status.workers;
  const runCommand = async () => {
    const { Command } = await clients.ssm.send(
      new SendCommandCommand({
        DocumentName: "fleet-scale",
        InstanceIds: [InstanceId],
        Parameters: { service: ["service-a"], replicas: ["1"], fence: ["1"] },
      }),
    );
    const read = () =>
      clients.ssm.send(new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId })).then(
        (answer) => answer.Status ?? "",
        () => "",
      );
    await expect.poll(read, patient).toMatch(/Success|Failed/);
    return read();
  };
  const failing = await begin("ssm-failing", { worker: InstanceId });
  expect(await runCommand()).toBe("Failed");
  await end(failing);
  const slow = await begin("ssm-slow");
  const startedAtMs = performance.now();
  expect(await runCommand()).toBe("Success");
  expect(performance.now() - startedAtMs).toBeGreaterThan(5_000);
  await end(slow);
});

test("launch-failing: the activity says that there is no capacity", async () => {
  const fault = await begin("launch-failing");
  const desire = (DesiredCapacity: number) =>
    clients.autoscaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity }));
  await desire(3);
  const newest = async () =>
    (await clients.autoscaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP })))
      .Activities?.[0];
  await expect
    .poll(newest, patient)
    .toMatchObject({ StatusCode: "Failed", StatusMessage: expect.stringContaining("InsufficientInstanceCapacity") });
  await desire(2);
  await end(fault);
});

test("duplicate-notifications: Alertmanager runs with every webhook twice, and once again", async () => {
  const webhooks = async () => {
    const answer = await fetch(`${status.endpoints.alertmanager}/api/v2/status`);
    const { config } = (await answer.json()) as { config: { original: string } };
    return config.original.match(/\burl: /g)?.length ?? 0;
  };
  const before = await webhooks();
  const fault = await begin("duplicate-notifications");
  await expect.poll(webhooks, patient).toBe(2 * before);
  await end(fault);
  await expect.poll(webhooks, patient).toBe(before);
});

test("wh-clock-jump: the scaler's decisions are an hour ahead, and then they are not", async () => {
  const token = (await readFile(status.secretFiles.apiToken, "utf8")).trim();
  const fault = await begin("wh-clock-jump");
  const url = fault.target === "wh" ? status.endpoints.wh : status.endpoints.whStandby;
  const aheadMinutes = async () => {
    const answer = await fetch(`${url}/api/status`, { headers: { authorization: `Bearer ${token}` } });
    const { lastTick } = (await answer.json()) as { lastTick: { atMs: number } | null };
    // Not -0, which a clock a moment behind would give.
    return Math.round(((lastTick?.atMs ?? 0) - Date.now()) / 60_000) + 0;
  };
  await expect.poll(aheadMinutes, patient).toBe(60);
  await end(fault);
  await expect.poll(aheadMinutes, patient).toBe(0);
});

test.each([
  ["kill-alertmanager", "exited"],
  ["kill-prometheus", "exited"],
  ["kill-wh", "exited"],
  ["stop-wh", "paused"],
])("%s: its container is %s, and runs again by itself at the end", async (name, state) => {
  const { target, id } = await begin(name, { forSeconds: 2 });
  expect(await stateOf(target)).toBe(state);
  await expect.poll(() => stateOf(target), patient).toBe("running");
  await expect
    .poll(async () => (await call("GET", "/faults")).body, patient)
    .toMatchObject({ active: expect.not.arrayContaining([expect.objectContaining({ id })]) });
});

test("cut-worker: it fails its health checks and SSM loses it; it comes back with its address", async () => {
  const fault = await begin("cut-worker");
  const before = await worker(fault.target);
  await expect.poll(async () => (await worker(fault.target))?.target, patient).toBe("unhealthy");
  const { InstanceInformationList } = await clients.ssm.send(
    new DescribeInstanceInformationCommand({ Filters: [{ Key: "InstanceIds", Values: [fault.target] }] }),
  );
  expect(InstanceInformationList).toMatchObject([{ PingStatus: "ConnectionLost" }]);
  await end(fault);
  await expect.poll(async () => (await worker(fault.target))?.target, patient).toBe("healthy");
  expect((await worker(fault.target))?.address).toBe(before?.address);
});

test("kill-worker: EC2's status checks notice, and the group replaces it", async () => {
  const fault = await begin("kill-worker", { forSeconds: 1 });
  await expect.poll(async () => (await worker(fault.target))?.target, patient).toBe("unhealthy");
  await expect
    .poll(
      async () => (await readStatus(SOCKET))?.workers.map(({ id, target }) => [id === fault.target, target]),
      patient,
    )
    .toEqual([
      [false, "healthy"],
      [false, "healthy"],
    ]);
  const { Activities } = await clients.autoscaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP }),
  );
  expect(Activities?.map((each) => each.Cause).join("\n")).toContain("in response to an EC2 health check");
});
