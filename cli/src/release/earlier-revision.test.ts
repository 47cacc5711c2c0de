import { expect, test } from "vitest";
import { knownRevision, revisionBefore } from "./earlier-revision.ts";
import { createFakeDeployments } from "./fake-deployments.ts";

const A = "aaaaaaaaaaaa-111111111111";
const B = "bbbbbbbbbbbb-222222222222";
const C = "cccccccccccc-333333333333";

function ran(...revisions: readonly (string | undefined)[]) {
  const deployments = createFakeDeployments([]);
  for (const [index, revision] of revisions.entries())
    deployments.plant({ id: `d-${index}`, revision }, [{ status: "Succeeded", targets: {} }]);
  return deployments;
}

test("the one before is the last that differs from what runs", async () => {
  expect(await revisionBefore(ran(A, B, C, C), "workers")).toEqual({ kind: "workers", revision: B });
});

test("a failed release is not one that ran", async () => {
  const deployments = ran(A, B);
  deployments.plant({ id: "d-9", revision: C }, [{ status: "Failed", targets: {} }]);
  expect(await revisionBefore(deployments, "workers")).toEqual({ kind: "workers", revision: A });
});

test("one that CodeDeploy calls Succeeded although its last machine failed did not run", async () => {
  const deployments = ran(A, C);
  deployments.plant({ id: "d-8", revision: B }, [
    { status: "Succeeded", targets: { "i-1": "Succeeded", "i-2": "Failed" } },
  ]);
  deployments.plant({ id: "d-9", revision: C }, [{ status: "Succeeded", targets: {} }]);
  expect(await revisionBefore(deployments, "workers")).toEqual({ kind: "workers", revision: A });
});

test.each([
  [
    "nothing was released",
    [],
    [],
    "No revision was ever released to workers: there is nothing to go back to. Nothing was changed.",
  ],
  [
    "only one ever ran",
    [A, A],
    [],
    `workers run ${A}, and no other one ever ran there: there is nothing to go back to. Nothing was changed.`,
  ],
  [
    "the second release failed, and CodeDeploy brought the first back",
    [A],
    [B],
    `workers run ${A}, and no other one ever ran there: there is nothing to go back to. ${B} failed and went back by itself. Nothing was changed.`,
  ],
])("%s: there is nothing to go back to, and why", async (_rule, revisions, failed, message) => {
  const deployments = ran(...revisions);
  for (const revision of failed) {
    deployments.plant({ id: "d-8", revision }, [{ status: "Failed", targets: {} }]);
    deployments.plant({ id: "d-9", revision: A, creator: "codeDeployRollback" }, [
      { status: "Succeeded", targets: {} },
    ]);
  }
  await expect(revisionBefore(deployments, "workers")).rejects.toMatchObject({ exitCode: 2, message });
});

const store = {
  has: async (kind: string, revision: string) => `${kind}/${revision}` === `monitoring/${A}`,
  newest: async (kind: string) => (kind === "workers" ? [B, C] : [A]),
};

test("a revision's kind is found by where it lies", async () => {
  expect(await knownRevision(store, A, undefined)).toEqual({ kind: "monitoring", revision: A });
});

test("an unknown one is refused with those that there are", async () => {
  await expect(knownRevision(store, A, "workers")).rejects.toMatchObject({
    exitCode: 2,
    message: `There is no revision ${A}. Nothing was changed. The newest are ${B}, ${C}.`,
  });
});
