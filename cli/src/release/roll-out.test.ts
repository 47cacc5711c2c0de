import { expect, test } from "vitest";
import { createLineProgress } from "../run/progress.ts";
import { createFakeDeployments, type FakeDeployments, type Look } from "./fake-deployments.ts";
import type { FollowDeps } from "./follow-deployment.ts";
import { rollOut } from "./roll-out.ts";

const OLD = "aaaaaaaaaaaa-111111111111";
const NEW = "bbbbbbbbbbbb-222222222222";
const order = { kind: "workers", revision: NEW, author: "me@here" } as const;

/** The fleet ran OLD by an earlier deployment; every look takes a poll. */
function world(scripts: readonly (readonly Look[])[], members: () => readonly string[] = () => ["i-1", "i-2"]) {
  const deployments = createFakeDeployments(scripts);
  deployments.plant({ id: "d-0", revision: OLD }, [{ status: "Succeeded", targets: { "i-1": "Succeeded" } }]);
  const said: string[] = [];
  let nowMs = 0;
  const stop = new AbortController();
  const deps: FollowDeps = {
    deployments,
    bucket: "revisions",
    members: async () => members(),
    clock: {
      nowMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    },
    progress: createLineProgress({ write: (text) => said.push(text), nowMs: () => nowMs }),
    stop: stop.signal,
  };
  return { deployments, deps, said, stop };
}
const revisions = ({ created }: FakeDeployments) => created.map(({ revision }) => revision);
const done: Look = { status: "Succeeded", targets: { "i-1": "Succeeded", "i-2": "Succeeded" } };
const back = [{ status: "InProgress", targets: { "i-1": "InProgress", "i-2": "Pending" } }, done];

test("every machine at the revision: it succeeded", async () => {
  const { deps, deployments } = world([
    [{ status: "InProgress", targets: { "i-1": "Succeeded", "i-2": "InProgress" } }, done],
  ]);
  expect(await rollOut(deps, order)).toEqual({
    kind: "workers",
    revision: NEW,
    status: "succeeded",
    cause: null,
    deployments: ["d-1"],
    backAt: null,
  });
  expect(deployments.created).toEqual(
    [{ kind: undefined, revision: NEW, description: `${NEW} by me@here` }].map(({ revision, description }) => ({
      revision,
      description,
    })),
  );
});

test("AWS says Succeeded although the last machine failed: it goes back by itself", async () => {
  const { deps, deployments } = world([
    [{ status: "Succeeded", targets: { "i-1": "Succeeded", "i-2": "Failed" } }],
    back,
  ]);
  expect(await rollOut(deps, order)).toMatchObject({ status: "failed", backAt: OLD, deployments: ["d-1", "d-2"] });
  expect(revisions(deployments)).toEqual([NEW, OLD]);
});

test("a rollback that CodeDeploy began is followed, not doubled", async () => {
  const { deps, deployments } = world([
    [{ status: "Failed", targets: { "i-1": "Failed", "i-2": "Skipped" }, rollbackId: "d-back" }],
  ]);
  deployments.plant({ id: "d-back", revision: OLD, creator: "codeDeployRollback" }, [done]);
  expect(await rollOut(deps, order)).toMatchObject({ status: "failed", backAt: OLD, deployments: ["d-1", "d-back"] });
  expect(revisions(deployments)).toEqual([NEW]);
});

test("a failure that CodeDeploy does not take back is taken back here", async () => {
  const { deps, deployments } = world([[{ status: "Failed", targets: { "i-1": "Failed", "i-2": "Skipped" } }], back]);
  expect(await rollOut(deps, order)).toMatchObject({ status: "failed", backAt: OLD });
  expect(revisions(deployments)).toEqual([NEW, OLD]);
});

test("going back that fails says that the machines are nowhere in particular", async () => {
  const failed: Look = { status: "Failed", targets: { "i-1": "Failed", "i-2": "Skipped" } };
  const { deps } = world([[failed], [failed]]);
  expect(await rollOut(deps, order)).toMatchObject({ status: "failed", backAt: null });
});

test("a machine that is lost does not hang it: stopped, and the rest deployed to again", async () => {
  const { deps, deployments, said } = world(
    [[{ status: "InProgress", targets: { "i-1": "Succeeded", "i-2": "InProgress" } }], [done]],
    () => ["i-1"],
  );
  expect(await rollOut(deps, order)).toMatchObject({ status: "succeeded", deployments: ["d-1", "d-2"] });
  expect(deployments.stopped).toEqual(["d-1"]);
  expect(revisions(deployments)).toEqual([NEW, NEW]);
  expect(said.join("")).toContain("i-2 exists no more: the rest gets the revision by a deployment of its own.");
});

test("machines that are lost again and again end it", async () => {
  const lost: Look[] = [{ status: "InProgress", targets: { "i-2": "InProgress" } }];
  const { deps, deployments } = world(
    Array.from({ length: 6 }, () => lost),
    () => ["i-1"],
  );
  expect(await rollOut(deps, order)).toMatchObject({ status: "failed", cause: "i-2 exists no more" });
  expect(revisions(deployments).filter((revision) => revision === NEW)).toHaveLength(6);
});

test("AWS's own deployment to a machine that was born meanwhile is waited for", async () => {
  const { deps, deployments } = world([[done]], () => ["i-1", "i-2", "i-3"]);
  deployments.plant({ id: "d-auto", revision: NEW, creator: "CodeDeployAutoUpdate", createdAtMs: 99 }, [
    { status: "Succeeded", targets: { "i-3": "Succeeded" } },
  ]);
  expect(await rollOut(deps, order)).toMatchObject({ status: "succeeded", deployments: ["d-1"] });
});

test("one that AWS forgets gets a deployment of its own", async () => {
  const all: Look = { status: "Succeeded", targets: { ...done.targets, "i-3": "Succeeded" } };
  const { deps, deployments } = world([[done], [all]], () => ["i-1", "i-2", "i-3"]);
  expect(await rollOut(deps, order)).toMatchObject({ status: "succeeded", deployments: ["d-1", "d-2"] });
  expect(revisions(deployments)).toEqual([NEW, NEW]);
});

test("while somebody else's runs it is refused and told whose", async () => {
  const { deps, deployments } = world([]);
  deployments.plant({ id: "d-x", revision: OLD, description: `${OLD} by she@there`, createdAtMs: 0 }, [
    { status: "InProgress", targets: {} },
  ]);
  await expect(rollOut(deps, order)).rejects.toThrow(
    `A deployment is running: ${OLD} by she@there (d-x, since 1970-01-01T00:00:00.000Z). Nothing was changed.`,
  );
  expect(deployments.created).toEqual([]);
});

test("AWS's own deployment to a new machine is waited for before the beginning", async () => {
  const { deps, said } = world([[done]]);
  const { deployments } = deps;
  (deployments as FakeDeployments).plant({ id: "d-auto", revision: OLD, creator: "autoscaling" }, [
    { status: "InProgress", targets: {} },
    { status: "Succeeded", targets: {} },
  ]);
  expect(await rollOut(deps, order)).toMatchObject({ status: "succeeded" });
  expect(said.join("")).toContain("Waiting for AWS's own deployment to a new machine");
});

test("interrupted, it leaves the deployment to AWS and says so", async () => {
  const { deps, stop, said, deployments } = world([[{ status: "InProgress", targets: { "i-1": "InProgress" } }]]);
  stop.abort();
  await expect(rollOut(deps, order)).rejects.toThrow("Interrupted");
  expect(said.join("")).toContain("it goes on: fleet release status shows it");
  expect(deployments.stopped).toEqual([]);
});
