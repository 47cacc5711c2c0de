import { createWhApiPair, type StatusAnswer, type WhApi, WhApiError } from "@compose-fleet/wh-api";
import { expect, test } from "vitest";
import { status } from "./examples.ts";

const unused = () => Promise.reject(new Error("not asked for here"));

/** A scaler that leads or not, or is away. */
function scaler(name: string, is: "leading" | "standing by" | "away"): WhApi {
  const answer = <T>(value: T) =>
    is === "away" ? Promise.reject(new WhApiError("unreachable", `${name} is away`)) : Promise.resolve(value);
  const said: StatusAnswer = { ...status, leader: { ...status.leader, isMe: is === "leading" } };
  return {
    status: () => answer(said),
    snapshot: unused,
    decisions: unused,
    audit: unused,
    explain: unused,
    explainReceipt: unused,
    addOverride: () => answer({ kind: "pause", id: name, expiresAtMs: 0, by: "me" } as const),
    removeOverride: unused,
    jobs: unused,
    runJob: unused,
  };
}

test.each([
  ["the one that leads is asked, whichever it is", "standing by", "leading", "b"],
  ["while no one leads, the first", "standing by", "standing by", "a"],
  ["while the leader is away, the other", "away", "standing by", "b"],
] as const)("%s", async (_rule, first, second, asked) => {
  const pair = createWhApiPair([scaler("a", first), scaler("b", second)]);
  expect((await pair.addOverride({ kind: "pause", reason: "test", forSeconds: 60 })).id).toBe(asked);
});

test("both away: what the last one asked says", async () => {
  await expect(createWhApiPair([scaler("a", "away"), scaler("b", "away")]).status()).rejects.toThrow("b is away");
});
