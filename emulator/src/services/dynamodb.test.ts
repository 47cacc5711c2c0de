import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { TABLE } from "../../test/sdk-under-test.ts";
import { withFront } from "../../test/with-front.ts";
import { createDynamoDb } from "./dynamodb.ts";

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

  test("loses nothing but the request of a client that goes away in the middle of it", async () => {
    const { handle } = createDynamoDb();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = request({ host: "127.0.0.1", port, method: "POST", headers: { "content-length": 10 } });
    client.on("error", () => undefined);
    const failed = new Promise((resolve) =>
      server.once("request", (incoming, response) => {
        handle(incoming, response);
        incoming.once("error", resolve);
        client.destroy();
      }),
    );
    client.write("{");
    expect(await failed).toMatchObject({ code: "ECONNRESET" });
    await new Promise((resolve) => server.close(resolve));
  });
});
