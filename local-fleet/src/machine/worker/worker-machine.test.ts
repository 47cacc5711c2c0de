import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInstanceStore } from "@compose-fleet/emulator";
import { type Command, systemClock } from "@compose-fleet/process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { planAddresses } from "../docker/addresses.ts";
import { createWorkerMachine } from "./worker-machine.ts";

let stateDir = "";
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "worker-machine-"));
  await mkdir(join(stateDir, "template"));
  await writeFile(join(stateDir, "template", "compose.yml"), "services: {}\n");
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

/** A machine whose programs all end with this exit code; Docker has nothing. */
function machineWith(exitCode: number, stderr = "said") {
  const ran: string[] = [];
  const told: string[] = [];
  const instances = createInstanceStore(systemClock.nowMs);
  const run = async ({ file }: Command) => {
    ran.push(file.split("/").at(-1) ?? "");
    const isScript = file.endsWith(".sh");
    return {
      exitCode: isScript ? exitCode : 0,
      stdout: "",
      stderr: isScript ? stderr : "",
      timedOut: false,
      missing: false,
    };
  };
  const unused = () => expect.unreachable();
  const machine = createWorkerMachine({
    runner: { run },
    clock: systemClock,
    stateDir,
    instances,
    balancer: {
      rules: {
        intervalMs: 1,
        healthyThreshold: 1,
        unhealthyThreshold: 1,
        registrationLagMs: 0,
        deregistrationLagMs: 0,
      },
      targets: unused,
      stop: unused,
      register: (id) => void told.push(`register ${id}`),
      deregister: async (id) => void told.push(`deregister ${id}`),
      remove: (id) => void told.push(`remove ${id}`),
    },
    addresses: planAddresses("10.1.0.0/24"),
    quotas: {
      create: async (id) => ({ parent: `/fleet/${id}` }),
      serves: async () => undefined,
      remove: async () => undefined,
      removeAll: async () => undefined,
    },
    template: {
      template: join(stateDir, "template"),
      shape: { services: [], networks: [], volumes: [] },
      fleet: "paper",
      localName: "paper",
      environment: "test",
      vpcNetwork: "vpc",
      images: { own: {}, foreign: {} },
      composeProject: (id) => `paper-${id}`,
      instanceType: "t3.small",
      tags: {},
      cpuCores: 1,
      bootMs: () => 0,
      shell: () => ({}),
    },
    bringUp: async (_id, plainStart) => plainStart(),
    nextLifecycle: () => "on-demand",
    launchRefusal: (zone) => (zone === "full" ? "no capacity" : undefined),
    userDataEnds: async () => undefined,
    onEvent: (event) => void told.push(event.kind === "problem" ? event.sentence : `${event.kind} ${event.instanceId}`),
  });
  return { machine, instances, ran, told };
}

test("a worker is launched, serves, and is gone", async () => {
  const { machine, instances, ran, told } = machineWith(0);
  await machine.launch("i-1", "a");
  await machine.settle();
  expect(await readFile(join(stateDir, "logs", "i-1.log"), "utf8")).toContain("start.sh ended with 0");
  machine.enterService("i-1");
  await machine.terminate("i-1", async () => void told.push("hook"));
  expect(told).toEqual([
    "launched i-1",
    "serving i-1",
    "register i-1",
    "deregister i-1",
    "hook",
    "shutting-down i-1",
    "remove i-1",
    "terminated i-1",
  ]);
  expect(ran.filter((name) => name.endsWith(".sh"))).toEqual(["start.sh", "stop.sh"]);
  expect(instances.get("i-1")).toMatchObject({ state: "terminated", address: "10.1.0.16", managed: false });
});

test("a worker that serves tells of a service that does not answer", async () => {
  const { machine, told } = machineWith(
    0,
    "start.sh: no replica of web answers: it ended with exit code 3\nof compose\n",
  );
  await machine.launch("i-1", "a");
  await machine.settle();
  expect(told).toEqual(["launched i-1", "i-1: no replica of web answers: it ended with exit code 3", "serving i-1"]);
});

test("one that does not start says why, and one that does not stop is removed by force", async () => {
  const { machine, told } = machineWith(1);
  await machine.launch("i-1", "a");
  await machine.settle();
  await machine.terminate("i-1", async () => undefined);
  expect(told).toContain("i-1 does not start: said");
  expect(told).toContain("i-1 was removed by force: stop.sh ended with 1: said");
  expect(told.at(-1)).toBe("terminated i-1");
});

test("where there is no capacity nothing is launched", async () => {
  const { machine, instances } = machineWith(0);
  await expect(machine.launch("i-1", "full")).rejects.toThrow("no capacity");
  expect(instances.list()).toEqual([]);
});

test("nobody shuts down what hangs", async () => {
  const { machine, instances, ran } = machineWith(0);
  await machine.launch("i-1", "a");
  await machine.settle();
  instances.update("i-1", { hung: true });
  await machine.terminate("i-1", async () => undefined);
  expect(ran).not.toContain("stop.sh");
  expect(instances.get("i-1")?.state).toBe("terminated");
});
