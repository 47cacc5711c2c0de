import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { withDynalite } from "../test-support/with-dynalite.ts";
import { createDynamoState, type UnreadableItem } from "./dynamo-state.ts";
import { describeStateContract } from "./state-contract.ts";

const { documents, emptyTable } = withDynalite();

const neverUnreadable = (item: UnreadableItem) => {
  throw new Error(`${item.pk}/${item.sk} cannot be read`);
};

describeStateContract("DynamoDB", async () => createDynamoState(documents(), await emptyTable(), neverUnreadable));

test("a missing table is an error, not an empty state", async () => {
  const state = createDynamoState(documents(), "no-such-table", neverUnreadable);
  await expect(state.list()).rejects.toThrow();
  await expect(state.claim({ target: "workers", id: "a", fence: 1, atMs: 0, summary: "" })).rejects.toThrow();
  await expect(state.settleStep("a", { target: "workers", direction: "up", value: 2 }, 0)).rejects.toThrow();
});

test("what another version or a hand has written spoils nothing else, and is told of once", async () => {
  const table = await emptyTable();
  const told: UnreadableItem[] = [];
  const state = createDynamoState(documents(), table, (item) => told.push(item));
  const put = (Item: Record<string, unknown>) => documents().send(new PutCommand({ TableName: table, Item }));
  await put({ pk: "override", sk: "o1", override: { id: "o1", kind: "pin-everything", by: "x", expiresAtMs: 1 } });
  await put({ pk: "override", sk: "o2" });
  await put({ pk: "step", sk: "s1", step: "up" });
  await put({ pk: "decision#1970-01-01", sk: "1", record: { id: "d", reason: { code: "of-tomorrow", numbers: {} } } });
  await put({ pk: "release", sk: "pull", fence: 1, record: {} });
  const pause = { id: "o3", kind: "pause", by: "eva", expiresAtMs: 9 } as const;
  await state.put(pause);
  for (let round = 0; round < 2; round++) {
    const read = [await state.list(), await state.settleStep("s1", null, 0), await state.recent(0, 10)];
    expect(read).toEqual([[pause], null, []]);
  }
  expect(await state.settleStep("no-such-signal", null, 0)).toBeNull();
  expect(told).toEqual([
    { pk: "override", sk: "o1" },
    { pk: "override", sk: "o2" },
    { pk: "step", sk: "s1" },
    { pk: "decision#1970-01-01", sk: "1" },
  ]);
  await expect(state.readPull()).rejects.toThrow(/release\/pull .* delete it/);
});
