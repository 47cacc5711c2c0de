import { PutCommand } from "@aws-sdk/lib-dynamodb";
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

test("what another version or a hand has written spoils nothing else", async () => {
  const table = await emptyTable();
  const state = createDynamoState(documents(), table);
  const put = (Item: Record<string, unknown>) => documents().send(new PutCommand({ TableName: table, Item }));
  await put({ pk: "override", sk: "o1", override: { id: "o1", kind: "pin-everything", by: "x", expiresAtMs: 1 } });
  await put({ pk: "override", sk: "o2" });
  await put({ pk: "step", sk: "s1", step: "up" });
  await put({ pk: "decision#1970-01-01", sk: "1", record: { id: "d", reason: { code: "of-tomorrow", numbers: {} } } });
  await put({ pk: "release", sk: "pull", fence: 1, record: {} });
  const pause = { id: "o3", kind: "pause", by: "eva", expiresAtMs: 9 } as const;
  await state.put(pause);
  expect([await state.list(), await state.settleStep("s1", null, 0), await state.recent(0, 10)]).toEqual([
    [pause],
    null,
    [],
  ]);
  await expect(state.readPull()).rejects.toThrow(/release\/pull .* delete it/);
});
