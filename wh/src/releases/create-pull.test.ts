import { createInMemoryJobRuns } from "@compose-fleet/release-aws/in-memory-job-runs";
import { expect, test } from "vitest";
import type { Leadership, Mandate } from "../leader/ports.ts";
import { createInMemoryState } from "../store/in-memory-state.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createPullWorld } from "../test-support/pull-world.ts";
import { createSoleLeadership } from "../test-support/sole-leadership.ts";
import { testFleet } from "../test-support/test-fleet.ts";
import { createPull, type PullDeps } from "./create-pull.ts";

const COMMIT = "a".repeat(40);
const pulling = testFleet({ releases: { pull: { repository: "https://example.com/fleet.git" } } });

/** Pull mode in its place, over a branch whose commit has been uploaded. */
function pullOf(change: { fleet?: typeof pulling; hold?: boolean; mandate?: Mandate; tableIsAway?: boolean } = {}) {
  const world = createPullWorld();
  world.head = COMMIT;
  world.uploaded = [`workers/${COMMIT.slice(0, 12)}-${"1".repeat(12)}.tgz`];
  const state = createInMemoryState();
  const leadership: Leadership = { ...createSoleLeadership(), mandate: () => change.mandate ?? "everything" };
  const claims: string[] = [];
  const deps: PullDeps = {
    config: { fleet: change.fleet ?? pulling, hold: change.hold ?? false },
    ports: world.ports,
    pullLog: state,
    asks: createInMemoryJobRuns(),
    permit: {
      leadership,
      log: createMemoryLog(),
      actions: {
        claim: async (action) => {
          if (change.tableIsAway) throw new Error("the table is away");
          claims.push(`${action.target}: ${action.summary}`);
          return state.claim(action);
        },
      },
    },
    clock: world.clock,
    fleet: { newId: () => "id-1", lastTick: () => undefined, say: world.say },
  };
  return { world, claims, pull: createPull(deps) };
}

test("a fleet whose file names no branch pulls nothing", () => {
  expect(pullOf({ fleet: testFleet() }).pull).toBeUndefined();
});

test("a deployment begins under a claim in the action log, as every action does", async () => {
  const { world, claims, pull } = pullOf();
  await pull?.look();
  expect(claims).toEqual([`releases: deploy ${COMMIT.slice(0, 12)}-${"1".repeat(12)}`]);
  expect(world.calls).toHaveLength(1);
  expect(pull?.view()).toMatchObject({ state: "deploying", branch: "main", deployment: "d-1" });
});

test.each<[rule: string, change: Parameters<typeof pullOf>[0]]>([
  ["one that holds", { hold: true }],
  ["one that stands by", { mandate: "nothing" }],
  ["one that cannot renew its lease", { mandate: "scale-out" }],
])("%s deploys nothing", async (_rule, change) => {
  const { world, pull } = pullOf(change);
  await pull?.look();
  expect(world.calls).toEqual([]);
  expect(pull?.view().state).toBe("standby");
});

test("while the action log cannot be written it waits, and says so", async () => {
  const { world, pull } = pullOf({ tableIsAway: true });
  await pull?.look();
  expect(world.calls).toEqual([]);
  expect(pull?.view()).toMatchObject({
    state: "waiting",
    waitsFor: expect.stringMatching(/action log cannot be written/),
  });
});
