import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { type FrontUnderTest, startFront } from "./front-under-test.ts";
import { type SdkClients, sdkClients, TABLE } from "./sdk-under-test.ts";

let front: FrontUnderTest;
let sdk: SdkClients;

beforeAll(async () => {
  front = await startFront(systemClock);
  sdk = sdkClients(front.endpoint, front.accessKeyId);
});

afterAll(async () => {
  sdk.destroy();
  await front.close();
});

describe("DynamoDB", () => {
  test("has the fleet's table, with conditional writes", async () => {
    const write = (value: string) =>
      sdk.dynamodb.send(
        new PutItemCommand({
          TableName: TABLE,
          Item: { pk: { S: "lease" }, sk: { S: "now" }, value: { S: value } },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
    await write("first");
    await expect(write("second")).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
    const { Item } = await sdk.dynamodb.send(
      new GetItemCommand({ TableName: TABLE, Key: { pk: { S: "lease" }, sk: { S: "now" } } }),
    );
    expect(Item?.value).toEqual({ S: "first" });
  });
});
