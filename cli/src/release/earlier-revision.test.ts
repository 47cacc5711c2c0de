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

test.each([
  ["nothing ran", []],
  ["only one ever ran", [A, A]],
])("%s: there is nothing to go back to", async (_rule, revisions) => {
  await expect(revisionBefore(ran(...revisions), "workers")).rejects.toMatchObject({
    exitCode: 2,
    message: "No revision ran on workers before the present one. Nothing was changed.",
  });
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
