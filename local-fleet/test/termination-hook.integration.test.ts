import { TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliFleet, startCliFleet } from "./cli-fleet-under-test.ts";
import { leftovers, startRequests } from "./fleet-under-test.ts";

const NAME = "hooktest";
const patient = { timeout: 120_000, interval: 100 };

let fleet: CliFleet;

const workers = async () => (await fleet.readStatus())?.workers ?? [];
const healthy = async () => (await workers()).filter(({ target }) => target === "healthy").length;
const pinWorkers = async (count: number) => {
  const pin = { kind: "pin-workers", workers: count, by: "test", reason: "test", forSeconds: 600 };
  await fleet.wh(fleet.status.endpoints.wh, "/api/overrides", pin);
  await fleet.wh(fleet.status.endpoints.whStandby, "/api/overrides", pin);
};
/** Waits until the group counts `count` workers again, all of them healthy, and `without` is gone. */
const untilWorkers = async (count: number, without: string) => {
  const settled = async () => {
    const all = await workers();
    return all.length === count && all.every(({ id, target }) => id !== without && target === "healthy");
  };
  await expect.poll(settled, patient).toBe(true);
};
/** What wh said of a worker that the group waits for, in order. */
const answersOf = async (worker: string) => {
  const logs = await Promise.all(
    ["wh", "wh-standby"].map(async (service) => {
      const filters = [`project=${fleet.status.containers.monitoringProject}`, `service=${service}`];
      const ids = await fleet.docker(
        ...["ps", "--quiet"],
        ...filters.flatMap((label) => ["--filter", `label=com.docker.compose.${label}`]),
      );
      return fleet.docker("logs", ids);
    }),
  );
  return logs
    .flatMap((log) => log.split("\n"))
    .filter((line) => line.includes('"a worker that the group ends"') && line.includes(worker))
    .map((line) => (JSON.parse(line) as { what: string }).what);
};

beforeAll(async () => {
  fleet = await startCliFleet({
    name: NAME,
    cidr: "10.231.11.0/24",
    firstPort: 25_180,
    fleet: {
      workers: { min: 1, max: 3 },
      scaling: {
        loop: { activeSeconds: 1, idleSeconds: 2 },
        metrics: {
          scrapeSeconds: 1,
          rateWindowSeconds: 5,
          maxAgeSeconds: 15,
          discoverySeconds: 5,
          alertRepeatSeconds: 5,
        },
        workers: { demandWindowSeconds: 10, unhealthySeconds: 15 },
        drain: { quietSeconds: 5, deadlineSeconds: 60 },
      },
    },
  });
});

afterAll(() => fleet?.down());

describe("with the group's terminate hook", () => {
  test("scale-in: the worker has drained before, so wh lets it go at once, and no request is lost", async () => {
    await pinWorkers(2);
    await expect.poll(healthy, patient).toBe(2);
    const requests = startRequests(fleet.balancerPort);
    const before = (await workers()).map(({ id }) => id);
    await pinWorkers(1);
    await expect.poll(healthy, patient).toBe(1);
    await expect.poll(async () => (await workers()).length, patient).toBe(1);
    const [left] = await workers();
    const gone = before.find((id) => id !== left?.id) ?? "";
    expect(await answersOf(gone)).toEqual(["complete"]);
    const { sent, failures } = await requests.stop();
    expect(sent).toBeGreaterThan(50);
    expect(failures).toEqual([]);
  });

  test("an operator ends a worker: wh drains it first, and no request is lost", async () => {
    await pinWorkers(2);
    await expect.poll(healthy, patient).toBe(2);
    const requests = startRequests(fleet.balancerPort);
    const InstanceId = (await workers())[0]?.id ?? "";
    await fleet.clients.autoscaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: false }),
    );
    await untilWorkers(2, InstanceId);
    expect(await answersOf(InstanceId)).toEqual(["drain", "complete"]);
    const { failures } = await requests.stop();
    expect(failures).toEqual([]);
  });

  test("a killed worker: nobody waits for what cannot drain", async () => {
    const target = (await workers())[0]?.id ?? "";
    const fault = await fleet.call("POST", "/faults", { name: "kill-worker", worker: target, forSeconds: 1 });
    expect(fault.status).toBe(201);
    await untilWorkers(2, target);
    expect(new Set(await answersOf(target))).toEqual(new Set(["complete"]));
  });

  test("local down does not wait for a worker that nobody will answer for", async () => {
    await pinWorkers(2);
    const pause = { kind: "pause", by: "test", reason: "test", forSeconds: 600 };
    await fleet.wh(fleet.status.endpoints.wh, "/api/overrides", pause);
    const project = fleet.status.containers.monitoringProject;
    const ids = await fleet.docker("ps", "--quiet", "--filter", `label=com.docker.compose.project=${project}`);
    await fleet.docker("kill", ...ids.split("\n"));
    const InstanceId = (await workers())[0]?.id ?? "";
    await fleet.clients.autoscaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: false }),
    );
    const startedAtMs = performance.now();
    await fleet.down();
    expect(performance.now() - startedAtMs).toBeLessThan(60_000);
    expect(leftovers(NAME)).toEqual([]);
  });
});
