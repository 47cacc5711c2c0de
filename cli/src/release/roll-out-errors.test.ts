import { expect, test } from "vitest";
import { createLineProgress } from "../run/progress.ts";
import { createFakeDeployments, type Look } from "./fake-deployments.ts";
import type { FollowDeps } from "./follow-deployment.ts";
import { rollOut } from "./roll-out.ts";
import type { RollOutOrder } from "./roll-out-result.ts";

const OLD = "aaaaaaaaaaaa-111111111111";
const NEW = "bbbbbbbbbbbb-222222222222";
const BEGAN = 1_000_000_000;
const order: RollOutOrder = { kind: "workers", revision: NEW, author: "me@here" };
const done: Look = { status: "Succeeded", targets: { "i-1": "Succeeded", "i-2": "Succeeded" } };
const running: Look = { status: "InProgress", targets: { "i-1": "Succeeded", "i-2": "InProgress" } };
/** Five minutes of it, a look every 2 s. */
const long = [...Array.from({ length: 150 }, () => running), done];

/** A release to a fleet whose share of 5xx is `before`, and from the beginning of the release on `since`. */
async function release(before: number | undefined, since: number | undefined | Error, asks: RollOutOrder = order) {
  const deployments = createFakeDeployments([long, [done]]);
  deployments.plant({ id: "d-0", revision: OLD }, [done]);
  const said: string[] = [];
  let nowMs = BEGAN;
  let reads = 0;
  const deps: FollowDeps = {
    deployments,
    bucket: "revisions",
    members: async () => ["i-1", "i-2"],
    errorShares: async (fromMs, toMs) => {
      reads += 1;
      if (since instanceof Error) throw since;
      const minutes = Array.from(
        { length: Math.floor((toMs - fromMs) / 60_000) },
        (_, index) => fromMs + index * 60_000,
      );
      return minutes.flatMap((atMs) => {
        const share = atMs < BEGAN ? before : since;
        return share === undefined ? [] : [{ atMs, share }];
      });
    },
    clock: {
      nowMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    },
    progress: createLineProgress({ write: (text) => said.push(text), nowMs: () => nowMs }),
    stop: new AbortController().signal,
  };
  const result = await rollOut(deps, asks);
  return { result, deployments, reads, said: said.join("") };
}

test("a share above the limit that was not there before stops the release and takes it back, with that cause", async () => {
  const { result, deployments } = await release(0.01, 0.3);
  expect(result).toMatchObject({
    status: "failed",
    cause: "30 % of the requests of the last two minutes ended with 5xx, 1 % before the release; the limit is 5 %",
    deployments: ["d-1", "d-2"],
    backAt: OLD,
  });
  expect(deployments.stopped).toEqual(["d-1"]);
  expect(deployments.created.map(({ revision }) => revision)).toEqual([NEW, OLD]);
});

test.each([
  ["few errors", 0, 0.04, ""],
  [
    "a fix under errors that are there already",
    0.5,
    0.6,
    "50 % of the requests ended with 5xx before the release already",
  ],
  ["nothing known from before", undefined, 0.6, "No share of 5xx is known from before the release"],
  ["no requests any more", 0, undefined, ""],
  [
    "a metric that cannot be read",
    0,
    Object.assign(new Error("not authorized"), { name: "AccessDenied" }),
    "The share of 5xx cannot be read (AccessDenied: not authorized): the release is judged without it.",
  ],
] as const)("%s: it goes through, and what is not judged is said once", async (_what, before, since, sentence) => {
  const { result, said } = await release(before, since);
  expect(result).toMatchObject({ status: "succeeded", deployments: ["d-1"] });
  expect(said.split(sentence || "judged without").length - 1).toBe(sentence ? 1 : 0);
});

test.each([
  ["a rollback", { ...order, backFrom: "cccccccccccc-333333333333" }],
  ["a release to monitoring", { ...order, kind: "monitoring" as const }],
])("%s asks for no share of errors", async (_what, asks) => {
  const { result, reads } = await release(0, 0.9, asks);
  expect([result.status, reads]).toEqual(["succeeded", 0]);
});
