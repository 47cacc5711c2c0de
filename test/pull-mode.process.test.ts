import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Wh } from "../wh/src/create-wh.ts";
import { startPullingFleet } from "./pulling-fleet.ts";

// `releases.pull` from the commit to the machines, as a timeline: each test goes on where the one before it ended.

let fleet: Awaited<ReturnType<typeof startPullingFleet>>;
let wh: Wh;
/** What runs well by now. */
let current = "";

beforeAll(async () => {
  fleet = await startPullingFleet();
  wh = await fleet.start("wh/1");
});
afterAll(() => fleet?.close());

/** Commits and uploads, and waits until it runs. */
async function deploy(content: string, tree: Parameters<typeof fleet.upload>[1]): Promise<string> {
  const revision = await fleet.upload(await fleet.commit(content), tree);
  await fleet.until(wh, { state: "up-to-date", revision, lastError: null });
  return revision;
}

test("before the first release, which tells the bucket, it waits; a revision that was released by hand is not deployed again", async () => {
  const commit = await fleet.commit("good");
  current = await fleet.upload(commit, "good");
  await fleet.until(wh, { state: "waiting", commit, waitsFor: /^the first release/ });
  expect(fleet.deployments()).toEqual([]);
  const { status, deployments } = await fleet.releaseByHand(current);
  expect(status).toBe("succeeded");
  await fleet.until(wh, { state: "up-to-date", revision: current, deployment: deployments[0] ?? "", lastError: null });
  expect(fleet.deployments()).toEqual([`user ${current} Succeeded`]);
});

describe("a commit", () => {
  test("whose revision nobody has uploaded is the last error, and deploys nothing; uploaded, exactly it is deployed", async () => {
    const commit = await fleet.commit("better");
    await fleet.upload("f".repeat(40), "best");
    await fleet.until(wh, {
      state: "waiting",
      commit,
      lastError: new RegExp(`a revision of ${commit.slice(0, 12)}: nobody has`),
    });
    await fleet.looks(wh, 3);
    expect(fleet.deployments()).toEqual([`user ${current} Succeeded`]);
    current = await fleet.upload(commit, "better");
    await fleet.until(wh, { state: "up-to-date", commit, revision: current, waitsFor: null, lastError: null });
    expect(fleet.deployments().slice(1)).toEqual([`user ${current} Succeeded`]);
    expect(fleet.running()).toEqual([current, current]);
  });

  test("is looked at once a minute at most, and deployed once", async () => {
    const before = fleet.deployments();
    const { lookedAtMs } = (await fleet.status(wh)).releases;
    await fleet.looks(wh, 3);
    expect((await fleet.status(wh)).releases.lookedAtMs - lookedAtMs).toBeGreaterThanOrEqual(120_000);
    expect(fleet.deployments()).toEqual(before);
  });

  test("under way is why no worker leaves, and says so", async () => {
    const pause = fleet.pause();
    const revision = await fleet.upload(await fleet.commit("best"), "best");
    await pause.reached();
    await fleet.until(wh, { state: "deploying", revision });
    await fleet.untilBusyWith(wh, new RegExp(`^the deployment d-\\w+ \\(${revision} by pull of main\\)$`));
    pause.end();
    await fleet.until(wh, { state: "up-to-date", revision });
    expect(fleet.running()).toEqual([revision, revision]);
  });

  test("that is reverted is gone back from", async () => {
    current = await fleet.upload(await fleet.revert(), "better");
    await fleet.until(wh, { state: "up-to-date", revision: current });
    expect(fleet.running()).toEqual([current, current]);
  });
});

describe("a commit that fails", () => {
  test("says its cause, is gone back from by CodeDeploy, and not tried again", async () => {
    const before = fleet.deployments();
    const commit = await fleet.commit("bad");
    const revision = await fleet.upload(commit, "bad");
    await fleet.until(wh, {
      state: "failed",
      commit,
      revision,
      lastError: /^i-\w+: ApplicationStart \(hooks\/start\.sh\) failed: ScriptFailed: no$/,
    });
    await fleet.looks(wh, 3);
    expect(fleet.said()).toContain(`the release of ${revision} failed: i-`);
    expect(fleet.deployments().slice(before.length)).toEqual([
      `user ${revision} Failed`,
      `codeDeployRollback ${current} Succeeded`,
    ]);
    expect(fleet.running()).toEqual([current, current]);
    expect((await fleet.status(wh)).releases.state).toBe("failed");
  });

  test("and is reverted leaves no error behind", async () => {
    current = await fleet.upload(await fleet.revert(), "better");
    await fleet.until(wh, { state: "up-to-date", revision: current, lastError: null });
    expect(fleet.running()).toEqual([current, current]);
  });

  test("on the last machine alone, a success by CodeDeploy's word, is gone back from by wh", async () => {
    const before = fleet.deployments();
    const revision = await fleet.upload(await fleet.commit("bad on the last"), "badOnTheLast");
    await fleet.until(wh, {
      state: "failed",
      revision,
      lastError: /^i-\w+: ApplicationStart failed: UnknownError: no disk$/,
    });
    await fleet.looks(wh, 3);
    expect(fleet.deployments().slice(before.length)).toEqual([
      `user ${revision} Succeeded`,
      `user ${current} Succeeded`,
    ]);
    expect(fleet.running()).toEqual([current, current]);
  });
});

test("a worker that dies in the middle holds nobody up: the rest gets the revision, and its successor is born with it", async () => {
  const before = fleet.deployments();
  const pause = fleet.pause();
  const revision = await fleet.upload(await fleet.commit("better still"), "better");
  const victim = await pause.reached();
  fleet.terminate(victim);
  await fleet.until(wh, { state: "up-to-date", revision });
  expect(fleet.deployments().slice(before.length)).toEqual([`user ${revision} Stopped`, `user ${revision} Succeeded`]);
  await fleet.scaleTo(2);
  expect(fleet.running()).toEqual([revision, revision]);
});

test("a worker that is born in the middle ends at the revision, too", async () => {
  const pause = fleet.pause();
  const revision = await fleet.upload(await fleet.commit("best again"), "best");
  await pause.reached();
  await fleet.scaleTo(3);
  pause.end();
  await fleet.until(wh, { state: "up-to-date", revision });
  await fleet.passUntil(() => fleet.running().join() === [revision, revision, revision].join());
  await fleet.scaleTo(2);
});

describe("of two scalers", () => {
  let other: Wh;
  test("only the leader deploys, and the other says who", async () => {
    other = await fleet.start("wh/2");
    const before = fleet.deployments();
    const revision = await deploy("of two", "good");
    await fleet.looks(wh, 3);
    expect(fleet.deployments().slice(before.length)).toEqual([`user ${revision} Succeeded`]);
    expect(await fleet.status(other)).toMatchObject({
      leader: { holder: "wh/1", isMe: false },
      releases: { state: "standby", revision, lastError: null },
    });
  });

  test("the one that takes over goes on with the deployment under way, and begins none", async () => {
    const before = fleet.deployments();
    const pause = fleet.pause();
    const revision = await fleet.upload(await fleet.commit("handed over"), "best");
    await pause.reached();
    await fleet.until(wh, { state: "deploying", revision });
    await fleet.stop(wh);
    await fleet.until(other, { state: "deploying", revision });
    pause.end();
    await fleet.until(other, { state: "up-to-date", revision, lastError: null });
    await fleet.looks(other, 3);
    expect(fleet.deployments().slice(before.length)).toEqual([`user ${revision} Succeeded`]);
    expect(fleet.running()).toEqual([revision, revision]);
  });
});
