import { describe, expect, test } from "vitest";
import { createPullWorld } from "../test-support/pull-world.ts";

const A = "a".repeat(40);
const B = "b".repeat(40);
const keyOf = (commit: string, tree = "1") => `workers/${commit.slice(0, 12)}-${tree.repeat(12)}.tgz`;
const nameOf = (commit: string) => keyOf(commit).slice("workers/".length, -".tgz".length);

/** A fleet that runs A, and a branch whose newest commit is B, uploaded. */
async function atB() {
  const world = createPullWorld();
  world.head = A;
  world.uploaded = [keyOf(A)];
  await world.puller.look();
  world.end("d-1", "Succeeded");
  await world.puller.look();
  world.head = B;
  world.uploaded.push(keyOf(B));
  await world.puller.look();
  return world;
}

describe("a new commit", () => {
  test("is deployed, judged and then at rest", async () => {
    const world = await atB();
    expect(world.calls).toEqual([`d-1: ${nameOf(A)} by pull of main`, `d-2: ${nameOf(B)} by pull of main`]);
    expect(world.puller.view()).toMatchObject({ state: "deploying", deployment: "d-2", commit: B, lastError: null });
    world.end("d-2", "Succeeded");
    await world.puller.look();
    await world.puller.look();
    expect(world.calls).toHaveLength(2);
    expect(world.puller.view()).toMatchObject({ state: "up-to-date", revision: nameOf(B) });
    expect(world.said.at(-1)).toBe(`${nameOf(B)} runs on all workers`);
  });

  test("waits until its revision has been uploaded, and takes the newest of it", async () => {
    const world = createPullWorld();
    world.head = A;
    await world.puller.look();
    const missing = expect.stringMatching(/^a revision of aaaa.*: nobody has uploaded one/);
    expect(world.puller.view()).toMatchObject({ state: "waiting", waitsFor: missing, lastError: missing });
    world.uploaded = [keyOf(A, "1"), keyOf(A, "2")];
    await world.puller.look();
    expect(world.puller.view()).toMatchObject({ state: "deploying", waitsFor: null, lastError: null });
    expect(world.deployments.get("d-1")?.key).toBe(keyOf(A, "2"));
  });

  test("waits for the first release, which tells the bucket", async () => {
    const world = createPullWorld();
    world.head = A;
    world.bucket = undefined;
    await world.puller.look();
    expect(world.puller.view().waitsFor).toMatch(/fleet release/);
  });

  test("waits for a deployment of somebody else, and says whose", async () => {
    const world = createPullWorld();
    world.head = A;
    world.uploaded = [keyOf(A)];
    world.deployments.set("d-x", { key: keyOf(B), status: "InProgress", targets: [] });
    await world.puller.look();
    expect(world.puller.view()).toMatchObject({ state: "waiting", waitsFor: expect.stringMatching(/d-x/) });
    world.end("d-x", "Succeeded");
    await world.puller.look();
    expect(world.puller.view().state).toBe("deploying");
  });

  test("that somebody has released already is followed, not deployed again", async () => {
    const world = createPullWorld();
    world.head = A;
    world.uploaded = [keyOf(A)];
    world.deployments.set("d-x", {
      key: keyOf(A),
      status: "Succeeded",
      targets: [{ targetId: "i-1", status: "Succeeded" }],
    });
    await world.puller.look();
    await world.puller.look();
    expect(world.calls).toEqual([]);
    expect(world.puller.view()).toMatchObject({ state: "up-to-date", deployment: "d-x" });
  });
});

describe("a commit that fails", () => {
  const refused = [
    {
      targetId: "i-1",
      status: "Failed",
      lifecycleEvents: [{ lifecycleEventName: "ApplicationStart", status: "Failed" }],
    },
    { targetId: "i-2", status: "Skipped" },
  ];

  test("is told with its cause, and not tried again, also after a restart; CodeDeploy goes back by itself", async () => {
    const world = await atB();
    world.end("d-2", "Failed", refused);
    await world.puller.look();
    const restarted = world.restart();
    await restarted.look();
    await restarted.look();
    expect(world.calls).toHaveLength(2);
    expect(restarted.view()).toMatchObject({ state: "failed", lastError: "i-1: ApplicationStart failed", commit: B });
    expect(world.said.at(-1)).toMatch(/the release of bbb.* failed: i-1: ApplicationStart failed/);
  });

  test("on the last worker alone, which AWS calls a success, is gone back from", async () => {
    const world = await atB();
    world.end("d-2", "Succeeded", [
      { targetId: "i-1", status: "Succeeded" },
      { ...refused[0], targetId: "i-2" },
    ]);
    await world.puller.look();
    expect(world.calls.at(-1)).toBe(`d-3: ${nameOf(A)} by pull, back from ${nameOf(B)}`);
    await world.puller.look();
    expect(world.calls).toHaveLength(3);
    expect(world.puller.view()).toMatchObject({ state: "failed", lastError: "i-2: ApplicationStart failed" });
  });

  test("because of an alarm on the deployment group is told with the way out; going back would be stopped, too", async () => {
    const world = await atB();
    world.end("d-2", "Stopped", []);
    const stopped = world.deployments.get("d-2");
    if (stopped) stopped.errorInformation = { code: "ALARM_ACTIVE", message: "Activated alarms: <errors>" };
    await world.puller.look();
    await world.puller.look();
    expect(world.calls).toHaveLength(2);
    expect(world.said.at(-1)).toMatch(
      /failed: no machine has it: ALARM_ACTIVE: .*Wait for its end.*\. Pull mode does not try this commit again: run npx fleet release for it, or push another$/,
    );
    expect(world.puller.view()).toMatchObject({ state: "failed", lastError: expect.stringContaining("ALARM_ACTIVE") });
  });

  test("is left behind by the next one: a revert", async () => {
    const world = await atB();
    world.end("d-2", "Failed", refused);
    await world.puller.look();
    const revert = "c".repeat(40);
    world.head = revert;
    world.uploaded.push(keyOf(revert));
    await world.puller.look();
    world.end("d-3", "Succeeded");
    await world.puller.look();
    expect(world.puller.view()).toMatchObject({ state: "up-to-date", revision: nameOf(revert), lastError: null });
  });
});

describe("a worker that is gone", () => {
  const half = [
    { targetId: "i-1", status: "InProgress" },
    { targetId: "i-2", status: "Pending" },
  ];
  test("does not hold the others up: its deployment is stopped, and the rest gets another", async () => {
    const world = await atB();
    world.end("d-2", "InProgress", half);
    world.members = ["i-2"];
    await world.puller.look();
    expect(world.calls.slice(2)).toEqual(["stop d-2", `d-3: ${nameOf(B)} by pull of main, after i-1 was gone`]);
    world.end("d-3", "Succeeded");
    await world.puller.look();
    expect(world.puller.view().state).toBe("up-to-date");
  });

  test("again and again ends it: it is stopped, and gone back from", async () => {
    const world = await atB();
    for (let index = 2; index <= 6; index++) {
      world.end(`d-${index}`, "InProgress", half);
      world.members = ["i-2"];
      await world.puller.look();
    }
    expect(world.puller.view()).toMatchObject({
      state: "failed",
      lastError: expect.stringMatching(/disappeared in 5 deployments/),
    });
    expect(world.calls.slice(-2)).toEqual(["stop d-6", `d-7: ${nameOf(A)} by pull, back from ${nameOf(B)}`]);
  });
});

describe("a scaler", () => {
  test("that is restarted while it deploys goes on with the same deployment", async () => {
    const world = await atB();
    const restarted = world.restart();
    await restarted.look();
    world.end("d-2", "Succeeded");
    await restarted.look();
    expect(world.calls).toHaveLength(2);
    expect(restarted.view().state).toBe("up-to-date");
  });

  test("that was stopped before it could note its deployment takes it up", async () => {
    const world = createPullWorld();
    world.head = A;
    world.uploaded = [keyOf(A)];
    world.deployments.set("d-1", {
      key: keyOf(A),
      status: "InProgress",
      targets: [{ targetId: "i-1", status: "InProgress" }],
    });
    await world.puller.look();
    expect(world.calls).toEqual([]);
    expect(world.puller.view()).toMatchObject({ state: "deploying", deployment: "d-1" });
  });

  test("that stands by looks at nothing but what is noted", async () => {
    const world = createPullWorld();
    world.head = A;
    world.uploaded = [keyOf(A)];
    world.mayAct = false;
    await world.puller.look();
    expect(world.calls).toEqual([]);
    expect(world.puller.view()).toMatchObject({ state: "standby", commit: null });
  });

  test("that leads no more forgets what it waited for", async () => {
    const world = createPullWorld();
    world.head = A;
    await world.puller.look();
    expect(world.puller.view()).toMatchObject({ state: "waiting", commit: A });
    world.mayAct = false;
    await world.puller.look();
    expect(world.puller.view()).toMatchObject({ state: "standby", commit: null, waitsFor: null, lastError: null });
  });

  test("says why the branch cannot be read, and tries again each minute", async () => {
    let answers = 0;
    const world = createPullWorld({
      head: async () => {
        answers++;
        if (answers === 1) throw new Error("the repository answered 500");
        return A;
      },
    });
    world.uploaded = [keyOf(A)];
    world.puller.start();
    await world.clock.advance(59_000);
    expect(world.puller.view()).toMatchObject({ state: "unknown", lastError: "the repository answered 500" });
    await world.clock.advance(1_000);
    expect(world.puller.view()).toMatchObject({ state: "deploying", lastError: null });
    world.end("d-1", "Succeeded");
    await world.clock.advance(10_000);
    expect(world.puller.view().state).toBe("up-to-date");
    await world.puller.stop();
    await world.clock.advance(600_000);
    expect(answers).toBe(3);
  });
});
