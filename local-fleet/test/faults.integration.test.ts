import {
  DescribeScalingActivitiesCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
} from "@aws-sdk/client-auto-scaling";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeInstanceStatusCommand, DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ActiveFault } from "../src/faults/fault.ts";
import { type CliFleet, startCliFleet } from "./cli-fleet-under-test.ts";

const NAME = "faultstest";
const GROUP = `fleet-${NAME}-local-workers`;
const patient = { timeout: 120_000, interval: 250 };
/** How long a fault lasts that ends by itself: until then there is time to see it in force. */
const SEEN_SECONDS = 8;

let fleet: CliFleet;

const call = (...asked: Parameters<CliFleet["call"]>) => fleet.call(...asked);
const worker = async (id: string) => (await fleet.readStatus())?.workers.find((each) => each.id === id);

async function inspect(service: string, format: string): Promise<string> {
  const labels = [`project=${fleet.status.containers.monitoringProject}`, `service=${service}`];
  const filters = labels.flatMap((label) => ["--filter", `label=com.docker.compose.${label}`]);
  const container = await fleet.docker("ps", "--all", "--quiet", ...filters);
  return fleet.docker("inspect", "--format", format, container);
}

async function begin(name: string, more: object = {}): Promise<ActiveFault> {
  const answer = await call("POST", "/faults", { name, ...more });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201, body: { name } });
  return answer.body as ActiveFault;
}

const end = async (fault: ActiveFault) => expect((await call("DELETE", `/faults/${fault.id}`)).status).toBe(200);

beforeAll(async () => {
  fleet = await startCliFleet({
    name: NAME,
    cidr: "10.231.10.0/24",
    firstPort: 25_080,
    fleet: {
      workers: { min: 2, max: 3 },
      scaling: {
        loop: { activeSeconds: 1, idleSeconds: 2 },
        metrics: { scrapeSeconds: 1, rateWindowSeconds: 5, discoverySeconds: 5, alertRepeatSeconds: 5 },
      },
    },
    // The scaler must not repair what is broken here on purpose.
    args: ["--hold"],
  });
});

afterAll(() => fleet?.down());

const readItem = () =>
  fleet.clients.dynamodb.send(
    new GetItemCommand({ TableName: `fleet-${NAME}-local-state`, Key: { pk: { S: "x" }, sk: { S: "y" } } }),
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
  await begin("aws-throttled", { forSeconds: SEEN_SECONDS });
  const answers: string[] = [];
  const ask = async () => {
    const answer = fleet.clients.ec2.send(new DescribeInstancesCommand({})).then(
      () => "answered",
      (error: Error) => error.name,
    );
    answers.push(await answer);
  };
  for (let asked = 0; asked < 20; asked += 1) await ask();
  // The scaler and Prometheus take part in the counting.
  expect(new Set(answers)).toEqual(new Set(["answered", "RequestLimitExceeded"]));
  await expect.poll(async () => (await call("GET", "/faults")).body, patient).toMatchObject({ active: [] });
  await fleet.clients.ec2.send(new DescribeInstancesCommand({}));
});

test("ssm-failing and ssm-slow: one worker's commands fail; all begin 5 s later", async () => {
  const [{ id: InstanceId } = { id: "" }] = fleet.status.workers;
  const runCommand = async () => {
    const { Command } = await fleet.clients.ssm.send(
      new SendCommandCommand({
        DocumentName: `fleet-${NAME}-local-scale`,
        InstanceIds: [InstanceId],
        Parameters: { service: ["service-a"], replicas: ["1"], fence: ["1"] },
      }),
    );
    const read = () =>
      fleet.clients.ssm.send(new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId })).then(
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
    fleet.clients.autoscaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity }));
  await desire(3);
  const newest = async () =>
    (await fleet.clients.autoscaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP })))
      .Activities?.[0];
  await expect
    .poll(newest, patient)
    .toMatchObject({ StatusCode: "Failed", StatusMessage: expect.stringContaining("InsufficientInstanceCapacity") });
  await desire(2);
  await end(fault);
});

test("duplicate-notifications: Alertmanager runs with every webhook twice, and once again", async () => {
  const webhooks = async () => {
    const answer = await fetch(`${fleet.status.endpoints.alertmanager}/api/v2/status`);
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
  const fault = await begin("wh-clock-jump");
  const url = fault.target === "wh" ? fleet.status.endpoints.wh : fleet.status.endpoints.whStandby;
  const aheadMinutes = async () => {
    const { lastTick } = (await fleet.wh(url, "/api/status")) as { lastTick: { atMs: number } | null };
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
])("%s: its container is %s, and runs again at the end", async (name, state) => {
  // Without a time of its own: two calls of Docker may take longer than any that is worth waiting for.
  const fault = await begin(name);
  expect(await inspect(fault.target, "{{.State.Status}}")).toBe(state);
  await end(fault);
  await expect.poll(() => inspect(fault.target, "{{.State.Status}}"), patient).toBe("running");
});

test("one with a time ends by itself: the container was killed, and runs again", async () => {
  const startedAt = () => inspect("alertmanager", "{{.State.Status}} since {{.State.StartedAt}}");
  const before = await startedAt();
  const { id } = await begin("kill-alertmanager", { forSeconds: 1 });
  const isAnother = (now: string) => now.startsWith("running") && now !== before;
  await expect.poll(async () => isAnother(await startedAt()), patient).toBe(true);
  await expect
    .poll(async () => (await call("GET", "/faults")).body, patient)
    .toMatchObject({ active: expect.not.arrayContaining([expect.objectContaining({ id })]) });
});

test("cut-worker: it fails its health checks and SSM loses it; it comes back with its address", async () => {
  const fault = await begin("cut-worker");
  const before = await worker(fault.target);
  await expect.poll(async () => (await worker(fault.target))?.target, patient).toBe("unhealthy");
  const { InstanceInformationList } = await fleet.clients.ssm.send(
    new DescribeInstanceInformationCommand({ Filters: [{ Key: "InstanceIds", Values: [fault.target] }] }),
  );
  expect(InstanceInformationList).toMatchObject([{ PingStatus: "ConnectionLost" }]);
  await end(fault);
  await expect.poll(async () => (await worker(fault.target))?.target, patient).toBe("healthy");
  expect((await worker(fault.target))?.address).toBe(before?.address);
});

test("kill-worker: EC2's status checks notice, and the group replaces it", async () => {
  const replacing = { AutoScalingGroupName: GROUP, ScalingProcesses: ["ReplaceUnhealthy"] };
  // The dead worker stays until it has been looked at.
  await fleet.clients.autoscaling.send(new SuspendProcessesCommand(replacing));
  const fault = await begin("kill-worker", { forSeconds: 1 });
  const { InstanceStatuses } = await fleet.clients.ec2.send(
    new DescribeInstanceStatusCommand({ InstanceIds: [fault.target] }),
  );
  expect(InstanceStatuses).toMatchObject([
    {
      InstanceState: { Name: "running" },
      SystemStatus: { Status: "impaired" },
      InstanceStatus: { Status: "impaired" },
    },
  ]);
  await expect.poll(async () => (await worker(fault.target))?.target, patient).toBe("unhealthy");
  await fleet.clients.autoscaling.send(new ResumeProcessesCommand(replacing));
  await expect
    .poll(
      async () => (await fleet.readStatus())?.workers.map(({ id, target }) => [id === fault.target, target]),
      patient,
    )
    .toEqual([
      [false, "healthy"],
      [false, "healthy"],
    ]);
  const { Activities } = await fleet.clients.autoscaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP }),
  );
  expect(Activities?.map((each) => each.Cause).join("\n")).toContain("in response to an EC2 health check");
});
