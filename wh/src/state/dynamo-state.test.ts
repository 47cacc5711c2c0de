import { expect, test } from "vitest";
import { withDynalite } from "../test-support/with-dynalite.ts";
import { createDynamoState } from "./dynamo-state.ts";
import { describeStateContract } from "./state-contract.ts";

const { documents, emptyTable } = withDynalite();

describeStateContract("DynamoDB", async () => createDynamoState(documents(), await emptyTable()));

test("a missing table is an error, not an empty state", async () => {
  const state = createDynamoState(documents(), "no-such-table");
  await expect(state.list()).rejects.toThrow();
  await expect(state.claim({ target: "workers", id: "a", fence: 1, atMs: 0, summary: "" })).rejects.toThrow();
  await expect(state.settleStep("a", { target: "workers", direction: "up", value: 2 }, 0)).rejects.toThrow();
});
