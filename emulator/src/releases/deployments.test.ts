import { systemClock } from "@compose-fleet/process";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createInstanceStore, type InstanceStore } from "../cloud/instance-store.ts";
import { newDeploymentId } from "../ids.ts";
import type { AlarmState } from "./alarms.ts";
import type { RollbackEvent } from "./deployment.ts";
import { createDeployments, type Deployments } from "./deployments.ts";
import { type Revision, SUCCESS } from "./lifecycle.ts";
import { AUTO_ROLLBACK } from "./settings.ts";

const revision = (name: string): Revision => ({ bucket: "b", key: `workers/${name}.tgz`, bundleType: "tgz" });
const request = (name: string) => ({
  revision: revision(name),
  description: name,
  ignoreApplicationStopFailures: false,
  fileExistsBehavior: "OVERWRITE" as const,
});
const alive = new AbortController().signal;
const plainly = async () => ({ ok: true }) as const;

let instances: InstanceStore;
let deployments: Deployments;
let members: string[];
/** `instance event revision`, in the order in which agents were asked. */
let asked: string[];
let alarmStates: Map<string, AlarmState>;
/** What holds an agent up at ApplicationStart. */
let held: Promise<void> | undefined;
/** Where the wall clock stands, while it does: silence lasts no longer then. */
let stoppedAtMs: number | undefined;
const clock = { ...systemClock, nowMs: () => stoppedAtMs ?? systemClock.nowMs() };

function launch(id: string, managed = true): void {
  members.push(id);
  instances.add({
    id,
    zone: "eu-central-1a",
    address: "172.16.0.16",
    instanceType: "t3.small",
    state: "running",
    launchedAtMs: 0,
    tags: {},
    managed,
  });
}

async function bringUp(...ids: string[]): Promise<void> {
  for (const id of ids) {
    launch(id);
    await deployments.bringUp(id, plainly, alive);
  }
}

const over = async (id: string) => {
  await vi.waitFor(() => expect(deployments.get(id)?.status).toMatch(/Succeeded|Failed|Stopped/), 15_000);
  return deployments.get(id);
};
const started = () => asked.filter((line) => line.includes("ApplicationStart")).map((line) => line.split(" ")[0]);

beforeEach(() => {
  asked = [];
  members = [];
  alarmStates = new Map();
  held = undefined;
  stoppedAtMs = undefined;
  instances = createInstanceStore(clock.nowMs);
  deployments = createDeployments({
    clock,
    instances,
    members: () => members,
    newDeploymentId,
    alarmStates: () => alarmStates,
    settings: { autoRollback: AUTO_ROLLBACK, silenceMs: 400 },
    agent: {
      run: async (id, deployment, event, signal) => {
        asked.push(`${id} ${event} ${deployment.description}`);
        if (event !== "ApplicationStart") return SUCCESS;
        if (held)
          await Promise.race([
            held,
            new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
          ]);
        return deployment.revision.key.includes("bad") || deployment.revision.key.includes(id)
          ? { errorCode: "ScriptFailed", scriptName: "hooks/start.sh", message: "no", logTail: "" }
          : SUCCESS;
      },
    },
  });
});
afterEach(() => deployments.settle());

test("goes from one instance to the next, and new ones then start with that revision", async () => {
  await bringUp("i-1", "i-2");
  const { id } = deployments.create(request("one"));
  expect(await over(id)).toMatchObject({ status: "Succeeded", creator: "user" });
  expect(started()).toEqual(["i-1", "i-2"]);
  await bringUp("i-3");
  expect(started()).toEqual(["i-1", "i-2", "i-3"]);
  expect(deployments.list()[0]).toMatchObject({
    creator: "autoscaling",
    revision: revision("one"),
    status: "Succeeded",
  });
});

test("has not started when it is created, and has before the first agent is asked", async () => {
  await bringUp("i-1");
  instances.update("i-1", { cut: true });
  stoppedAtMs = systemClock.nowMs();
  const { id, status } = deployments.create(request("one"));
  expect([status, deployments.get(id)?.startedAtMs]).toEqual(["Created", undefined]);
  await vi.waitFor(() => expect(deployments.get(id)).toMatchObject({ status: "InProgress" }), 15_000);
  expect(deployments.get(id)?.startedAtMs).toBe(stoppedAtMs);
  expect(asked).toEqual([]);
});

test("a second one is refused while the first goes on, and told which one it is", async () => {
  await bringUp("i-1");
  const { id } = deployments.create(request("one"));
  expect(() => deployments.create(request("two"))).toThrow(`already has an active Deployment '${id}'`);
  await over(id);
  expect(deployments.create(request("two")).creator).toBe("user");
});

test("a failure is followed by the last revision that succeeded, the instance that failed first", async () => {
  await bringUp("i-1", "i-2", "i-3");
  await over(deployments.create(request("one")).id);
  asked = [];
  const failed = await over(deployments.create(request("i-2")).id);
  expect(failed).toMatchObject({
    status: "Failed",
    targets: [{ status: "Succeeded" }, { status: "Failed" }, { status: "Skipped" }],
  });
  const rollback = deployments.list()[0];
  expect(rollback).toMatchObject({ creator: "codeDeployRollback", root: failed?.id, revision: revision("one") });
  expect(await over(rollback?.id ?? "")).toMatchObject({ status: "Succeeded" });
  expect(started()).toEqual(["i-1", "i-2", "i-2", "i-1", "i-3"]);
});

test("without an earlier success there is no rollback, and it says so", async () => {
  await bringUp("i-1");
  const failed = await over(deployments.create(request("bad")).id);
  await vi.waitFor(
    () => expect(deployments.get(failed?.id ?? "")?.rollbackMessage).toContain("no successful deployment"),
    15_000,
  );
  expect(deployments.list()).toHaveLength(1);
});

test("an instance born meanwhile starts with the old revision and gets the new one afterwards", async () => {
  await bringUp("i-1");
  await over(deployments.create(request("one")).id);
  let release = () => {};
  held = new Promise((resolve) => {
    release = resolve;
  });
  const { id } = deployments.create(request("two"));
  launch("i-2");
  const born = deployments.bringUp("i-2", plainly, alive);
  release();
  held = undefined;
  await born;
  await over(id);
  await vi.waitFor(
    () => expect(deployments.list()[0]).toMatchObject({ creator: "CodeDeployAutoUpdate", root: id }),
    15_000,
  );
  await over(deployments.list()[0]?.id ?? "");
  expect(asked.filter((line) => line.startsWith("i-2 ValidateService"))).toEqual([
    "i-2 ValidateService ",
    "i-2 ValidateService two",
  ]);
});

test.each([
  { rule: "terminated", change: { state: "terminated", managed: false } as const },
  { rule: "dead although EC2 says running", change: { impaired: true } as const },
])("an instance that is $rule holds the deployment up until its agent was silent for too long", async ({ change }) => {
  await bringUp("i-1", "i-2");
  held = new Promise(() => {});
  const { id } = deployments.create(request("one"));
  await vi.waitFor(() => expect(started()).toEqual(["i-1"]), 15_000);
  stoppedAtMs = systemClock.nowMs();
  instances.update("i-1", change);
  await systemClock.sleep(300);
  expect(deployments.get(id)?.targets.map(({ status }) => status)).toEqual(["InProgress", "Pending"]);
  stoppedAtMs = undefined;
  expect(await over(id)).toMatchObject({ status: "Failed" });
});

test("an instance that was cut off reports when it is back", async () => {
  await bringUp("i-1");
  let release = () => {};
  held = new Promise((resolve) => {
    release = resolve;
  });
  const { id } = deployments.create(request("one"));
  await vi.waitFor(() => expect(started()).toEqual(["i-1"]), 15_000);
  stoppedAtMs = systemClock.nowMs();
  instances.update("i-1", { cut: true });
  release();
  await systemClock.sleep(100);
  expect(deployments.get(id)?.status).toBe("InProgress");
  instances.update("i-1", { cut: false });
  stoppedAtMs = undefined;
  expect(await over(id)).toMatchObject({ status: "Succeeded" });
});

test("a stop ends a deployment that hangs on a dead instance, and the next one may begin", async () => {
  await bringUp("i-1", "i-2");
  held = new Promise(() => {});
  const { id } = deployments.create(request("one"));
  await vi.waitFor(() => expect(started()).toEqual(["i-1"]), 15_000);
  instances.update("i-1", { impaired: true });
  expect(deployments.stop(id, false).status).toBe("Stopped");
  members = ["i-2"];
  held = undefined;
  expect(await over(deployments.create(request("one")).id)).toMatchObject({ status: "Succeeded" });
  expect(() => deployments.stop(id, false)).toThrow("already completed");
});

test("a stop that asks for it puts the last successful revision back, before anybody else's turn", async () => {
  await bringUp("i-1");
  await over(deployments.create(request("one")).id);
  held = new Promise(() => {});
  const { id } = deployments.create(request("two"));
  await vi.waitFor(() => expect(started()).toHaveLength(2), 15_000);
  instances.update("i-1", { impaired: true });
  expect(deployments.stop(id, true).status).toBe("Stopped");
  expect(() => deployments.create(request("three"))).toThrow("already has an active Deployment");
  await systemClock.sleep(300);
  expect(deployments.list().map(({ creator }) => creator)).toEqual(["codeDeployRollback", "user", "user"]);
});

test("a first deployment that fails says why", async () => {
  await bringUp("i-1");
  await over(deployments.create(request("i-2")).id);
  launch("i-2");
  expect(await deployments.bringUp("i-2", plainly, alive)).toMatchObject({
    ok: false,
    problem: expect.stringContaining("failed: no"),
  });
});

test("what starts plainly passes on how that went, and waits for nobody else's turn", async () => {
  launch("i-1");
  const outcome = { ok: false, problem: "no disk" } as const;
  expect(await deployments.bringUp("i-1", async () => outcome, alive)).toEqual(outcome);
});

/** The group goes by an alarm. */
function alarmed(name: string, events: readonly RollbackEvent[] = ["DEPLOYMENT_FAILURE"]): void {
  deployments.updateGroup({
    alarms: { enabled: true, ignorePollAlarmFailure: false, alarms: [name] },
    autoRollback: { enabled: true, events },
  });
}

test("an alarm amid a deployment lets the event that runs end, and nothing more begin", async () => {
  await bringUp("i-1", "i-2");
  alarmed("errors");
  alarmStates.set("errors", "OK");
  let release = () => {};
  held = new Promise((resolve) => {
    release = resolve;
  });
  const { id } = deployments.create(request("one"));
  await vi.waitFor(() => expect(started()).toEqual(["i-1"]), 15_000);
  alarmStates.set("errors", "ALARM");
  await vi.waitFor(() => expect(deployments.get(id)?.stop).toBeDefined(), 15_000);
  expect(deployments.get(id)?.status).toBe("InProgress");
  release();
  expect(await over(id)).toMatchObject({ status: "Stopped", error: { code: "ALARM_ACTIVE" } });
  expect(asked.filter((line) => /ValidateService|i-2/.test(line))).toEqual([]);
});

test.each([
  { rule: "goes back where the group asks for it, whatever the alarm says by then", asks: true },
  { rule: "stays where it is otherwise", asks: false },
])("what an alarm stopped $rule", async ({ asks }) => {
  await bringUp("i-1", "i-2");
  await over(deployments.create(request("one")).id);
  alarmed("errors", asks ? ["DEPLOYMENT_STOP_ON_ALARM"] : ["DEPLOYMENT_FAILURE"]);
  alarmStates.set("errors", "ALARM");
  const { id } = deployments.create(request("two"));
  expect(await over(id)).toMatchObject({ status: "Stopped" });
  const [newest] = deployments.list();
  if (!asks) return expect(newest?.id).toBe(id);
  expect(newest).toMatchObject({ creator: "codeDeployRollback", root: id, revision: revision("one") });
  expect(await over(newest?.id ?? "")).toMatchObject({ status: "Succeeded" });
});

test("while an alarm is active no new instance gets its revision, and it says why", async () => {
  await bringUp("i-1");
  await over(deployments.create(request("one")).id);
  alarmed("errors");
  alarmStates.set("errors", "ALARM");
  launch("i-2");
  expect(await deployments.bringUp("i-2", plainly, alive)).toMatchObject({
    ok: false,
    problem: expect.stringMatching(/^its first deployment d-\w+ failed: One or more alarms have been activated/),
  });
});

test("who stops what an alarm is stopping changes no cause", async () => {
  await bringUp("i-1", "i-2");
  alarmed("errors");
  alarmStates.set("errors", "OK");
  held = new Promise(() => {});
  const { id } = deployments.create(request("one"));
  await vi.waitFor(() => expect(started()).toEqual(["i-1"]), 15_000);
  alarmStates.set("errors", "ALARM");
  await vi.waitFor(() => expect(deployments.get(id)?.stop).toBeDefined(), 15_000);
  instances.update("i-1", { impaired: true });
  expect(deployments.stop(id, false)).toMatchObject({ status: "Stopped", error: { code: "ALARM_ACTIVE" } });
});
