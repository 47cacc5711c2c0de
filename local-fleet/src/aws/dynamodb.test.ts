import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { TABLE } from "./sdk-under-test.ts";
import { withFront } from "./with-front.ts";

const given = withFront();

describe("DynamoDB", () => {
  test("has the fleet's table, with conditional writes", async () => {
    const write = (value: string) =>
      given.sdk.dynamodb.send(
        new PutItemCommand({
          TableName: TABLE,
          Item: { pk: { S: "lease" }, sk: { S: "now" }, value: { S: value } },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
    await write("first");
    await expect(write("second")).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
    const { Item } = await given.sdk.dynamodb.send(
      new GetItemCommand({ TableName: TABLE, Key: { pk: { S: "lease" }, sk: { S: "now" } } }),
    );
    expect(Item?.value).toEqual({ S: "first" });
  });
});
