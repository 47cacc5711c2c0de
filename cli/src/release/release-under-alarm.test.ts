import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@compose-fleet/process";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type FrontUnderTest, startFront } from "../../../emulator/test/front-under-test.ts";
import { RELEASES, type SdkClients, sdkClients } from "../../../emulator/test/sdk-under-test.ts";
import type { FollowDeps } from "./follow-deployment.ts";
import { followUnderTest, POLL_MS } from "./follow-under-test.ts";
import { rollOut } from "./roll-out.ts";
import { verdictSentence } from "./verdict-sentence.ts";

// Somebody has put an alarm on the workers' deployment group, which infra does not. Two machines, on paper.

const OLD = "aaaaaaaaaaaa-111111111111";
const NEW = "bbbbbbbbbbbb-222222222222";
const order = (revision: string) => ({ kind: "workers", revision, author: "me@here" }) as const;
let front: FrontUnderTest;
let sdk: SdkClients;
let deps: FollowDeps;
/** Called before a machine begins an event of this revision. */
let onEvent: (event: string, revision: string) => void;
let said: string[];

beforeEach(async () => {
  onEvent = () => undefined;
  said = [];
  front = await startFront(systemClock, {
    beforeEvent: async (_id, event, { key }) => onEvent(event, key),
  });
  sdk = sdkClients(front.endpoint, front.accessKeyId);
  let nowMs = 0;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
      await sleep(POLL_MS);
    },
  };
  deps = { ...followUnderTest(sdk, (text) => said.push(text)), clock };
  front.workers.setDesired(2);
  await vi.waitFor(
    () => expect(front.workers.group().instances.map(({ state }) => state)).toEqual(["in-service", "in-service"]),
    15_000,
  );
  expect(await rollOut(deps, order(OLD))).toMatchObject({ status: "succeeded" });
});
afterEach(async () => {
  sdk.destroy();
  await front.close();
});

function alarm(state: "OK" | "ALARM", events: readonly "DEPLOYMENT_STOP_ON_ALARM"[] = []): void {
  front.disturbances.alarmStates.set("errors", state);
  front.deployments.updateGroup({
    alarms: { enabled: true, ignorePollAlarmFailure: false, alarms: ["errors"] },
    autoRollback: { enabled: events.length > 0, events },
  });
}
/** What a person reads in the end says what to do, and in which group. */
const WAY_OUT = new RegExp(
  `Activated alarms: <errors>\\. .*Wait for its end and release again, or take them off.*--application-name ${RELEASES.applicationName} --current-deployment-group-name workers --alarm-configuration enabled=false,alarms=\\[\\]`,
);
const isAmid = (event: string, key: string) => event === "AfterInstall" && key.includes(NEW);

test("an alarm that is active already stops a release before anything changes, and nobody goes back from anything", async () => {
  alarm("ALARM");
  const result = await rollOut(deps, order(NEW));
  expect(result).toMatchObject({ status: "failed", backAt: OLD });
  expect(result.deployments).toHaveLength(1);
  expect(result.cause).toMatch(/^no machine has it: ALARM_ACTIVE: /);
  expect(verdictSentence(result)).toMatch(WAY_OUT);
});

test("one that comes amid a release is told, and the way back asks none", async () => {
  alarm("OK");
  onEvent = (event, key) => {
    if (isAmid(event, key)) front.disturbances.alarmStates.set("errors", "ALARM");
  };
  const result = await rollOut(deps, order(NEW));
  expect(result).toMatchObject({ status: "failed", backAt: OLD });
  expect(result.cause).toMatch(WAY_OUT);
  const ways = await Promise.all(result.deployments.map((id) => deps.deployments.read(id)));
  expect(ways.map(({ revision, status }) => [revision, status])).toEqual([
    [NEW, "Stopped"],
    [OLD, "Stopped"],
    [OLD, "Succeeded"],
  ]);
  expect(said.join("")).toContain("An alarm stopped the way back: once more, asking none.");
});

test("CodeDeploy's own way back is followed where the group asks for one", async () => {
  alarm("OK", ["DEPLOYMENT_STOP_ON_ALARM"]);
  onEvent = (event, key) => {
    if (isAmid(event, key)) front.disturbances.alarmStates.set("errors", "ALARM");
  };
  const result = await rollOut(deps, order(NEW));
  expect(result).toMatchObject({ status: "failed", backAt: OLD });
  expect(await deps.deployments.read(result.deployments[1] ?? "")).toMatchObject({ creator: "codeDeployRollback" });
});

test("who may not deploy past an alarm reads that, and the cause of the first failure as well", async () => {
  alarm("OK");
  onEvent = (event, key) => {
    if (isAmid(event, key)) front.disturbances.alarmStates.set("errors", "ALARM");
  };
  const denied = Object.assign(new Error("not authorized to perform: codedeploy:UpdateDeploymentGroup"), {
    name: "AccessDeniedException",
  });
  const { deployments } = deps;
  const guarded = {
    ...deps,
    deployments: {
      ...deployments,
      create: (what: Parameters<typeof deployments.create>[0]) =>
        what.askNoAlarm ? Promise.reject(denied) : deployments.create(what),
    },
  };
  const result = await rollOut(guarded, order(NEW));
  expect(result).toMatchObject({ status: "failed", backAt: null });
  const sentence = verdictSentence(result);
  expect(sentence).toMatch(WAY_OUT);
  expect(sentence).toMatch(
    /Going back failed, too: [\s\S]*codedeploy:UpdateDeploymentGroup\.\nMachines may run different/,
  );
});

test("going back on purpose is not held up by an alarm", async () => {
  expect(await rollOut(deps, order(NEW))).toMatchObject({ status: "succeeded" });
  alarm("ALARM");
  expect(await rollOut(deps, { ...order(OLD), backFrom: NEW })).toMatchObject({ status: "succeeded" });
});

test("alarms that cannot be read are told as such", async () => {
  alarm("OK");
  front.disturbances.alarmsUnreadable = true;
  const result = await rollOut(deps, order(NEW));
  expect(result.cause).toMatch(/could not retrieve the state of the alarms <errors>.*cannot be read.*take them off/);
});
