import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { GetCommandInvocationCommand, SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import { createGroupRunner } from "@compose-fleet/process";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { leftInDocker } from "../../test/docker-leftovers.ts";
import { controlSocket, readStatus, requestShutdown } from "../src/control/control-client.ts";
import { cleanUp } from "../src/machine/clean-up.ts";
import { askCache, inDockerOf, leftovers, prepareFleet, startDaemon, startRequests } from "./fleet-under-test.ts";

const NAME = "localfleettest";
const GROUP = `fleet-${NAME}-test-workers`;

// biome-ignore lint/style/noProcessEnv: Docker's client needs PATH and HOME
const environment = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };

let prepared: Awaited<ReturnType<typeof prepareFleet>>;
let daemon: ReturnType<typeof startDaemon>;
let autoscaling: AutoScalingClient;
let ssm: SSMClient;
const patient = { timeout: 120_000, interval: 200 };

const status = () => readStatus(controlSocket(prepared.options.stateDir));
const healthy = async () => (await status())?.workers.filter((worker) => worker.target === "healthy").length;

async function startReady() {
  const started = startDaemon(prepared.folder);
  const last = await vi.waitFor(() => {
    const found = started.events.find((each) => each.type === "ready" || each.type === "failed");
    if (!found) throw new Error(`not ready: ${JSON.stringify(started.events)}`);
    return found;
  }, patient);
  expect(last, JSON.stringify(last)).toMatchObject({ type: "ready" });
  return started;
}

beforeAll(async () => {
  prepared = await prepareFleet(NAME);
  daemon = await startReady();
  const aws = (await status())?.aws;
  const settings = {
    endpoint: `http://127.0.0.1:${prepared.ports.aws}`,
    region: aws?.region ?? "",
    credentials: { accessKeyId: aws?.accessKeyId ?? "", secretAccessKey: aws?.secretAccessKey ?? "" },
  };
  autoscaling = new AutoScalingClient(settings);
  ssm = new SSMClient(settings);
});

afterAll(async () => {
  autoscaling?.destroy();
  ssm?.destroy();
  daemon?.child.kill("SIGKILL");
  await cleanUp(NAME, prepared.options.stateDir, createGroupRunner(environment));
  await prepared.remove();
});

describe("a local fleet", () => {
  test("scales 1 → 2 → 1 over AWS's API without losing a request", async () => {
    const requests = startRequests(prepared.ports.balancer);
    const [first] = (await status())?.workers ?? [];
    await autoscaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 2 }));
    await expect.poll(healthy, patient).toBe(2);
    // What runs beside the fleet is found by name from every worker.
    for (const { id } of (await status())?.workers ?? []) expect(await askCache(NAME, id)).toBe("cache:7000");
    await autoscaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: first?.id, ShouldDecrementDesiredCapacity: true }),
    );
    await expect
      .poll(async () => (await status())?.workers.map((worker) => worker.id), patient)
      .toEqual([expect.not.stringContaining(first?.id ?? "")]);
    const { AutoScalingGroups } = await autoscaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [GROUP] }),
    );
    expect(AutoScalingGroups?.[0]).toMatchObject({ DesiredCapacity: 1, Instances: [{ LifecycleState: "InService" }] });
    const { sent, failures } = await requests.stop();
    expect(sent).toBeGreaterThan(50);
    expect(failures).toEqual([]);
    expect(leftInDocker(`name=${first?.id}`)).toEqual([]);
  });

  test("runs the document that scales on a worker for real", async () => {
    const [worker] = (await status())?.workers ?? [];
    const InstanceId = worker?.id ?? "";
    const { Command } = await ssm.send(
      new SendCommandCommand({
        DocumentName: `fleet-${NAME}-test-scale`,
        InstanceIds: [InstanceId],
        Parameters: { service: ["service-a"], replicas: ["2"], fence: ["1"] },
      }),
    );
    const invocation = async () => {
      const answer = await ssm
        .send(new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId }))
        .catch(() => undefined);
      return [answer?.Status, answer?.StandardOutputContent?.trim()];
    };
    await expect.poll(invocation, patient).toEqual(["Success", "service-a: 1 -> 2"]);
    expect(inDockerOf(NAME).filter((name) => name.includes(`${InstanceId}-service-a-`))).toHaveLength(2);
  });

  test("refuses a second one of its name, which leaves the first alone", async () => {
    const twin = startDaemon(prepared.folder);
    expect(await twin.exited).toBe(1);
    expect(twin.events).toEqual([
      { type: "failed", message: expect.stringContaining(`a local fleet named ${NAME} is already running`) },
    ]);
    expect((await status())?.state).toBe("ready");
  });

  test("killed with SIGKILL, it is cleaned up by its label, and the next start works", async () => {
    daemon.child.kill("SIGKILL");
    await daemon.exited;
    expect(inDockerOf(NAME).length).toBeGreaterThan(5);
    await cleanUp(NAME, prepared.options.stateDir, createGroupRunner(environment));
    expect(leftovers(NAME)).toEqual([]);
    await cleanUp(NAME, prepared.options.stateDir, createGroupRunner(environment));
  });

  test("started over what a killed one left, it ends without a trace when its parent goes away", async () => {
    daemon = await startReady();
    daemon.child.kill("SIGKILL");
    await daemon.exited;
    daemon = await startReady();
    daemon.child.stdin.end();
    expect(await daemon.exited).toBe(0);
    expect(leftovers(NAME)).toEqual([]);
    expect(await status()).toBeUndefined();
  });

  test("told to stop while it starts, it ends without a trace", async () => {
    daemon = startDaemon(prepared.folder);
    await expect.poll(() => daemon.events.some((each) => each.type === "worker"), patient).toBe(true);
    expect(await requestShutdown(controlSocket(prepared.options.stateDir))).toBe(true);
    expect(await daemon.exited).toBe(0);
    expect(leftovers(NAME)).toEqual([]);
  });
});
