import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { classifyAwsError } from "../aws/aws-errors.ts";
import type { LeaseStore } from "../leader/ports.ts";

const KEY = { pk: "lease", sk: "lease" };
const itemSchema = z.object({
  holder: z.string(),
  fence: z.int(),
  version: z.int(),
  ttlMs: z.number(),
  isReleased: z.boolean(),
});

/** The lease as one item of the state table (`lease`/`lease`). `expiresAtMs` in it is for people: nothing compares it with a clock. */
export function createDynamoLease(
  client: Pick<DynamoDBDocumentClient, "send">,
  table: string,
  nowMs: () => number,
): LeaseStore {
  return {
    read: async () => {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: KEY, ConsistentRead: true }));
      return Item ? itemSchema.parse(Item) : undefined;
    },
    take: (seen, next) =>
      written(() =>
        client.send(
          new PutCommand({
            TableName: table,
            Item: {
              ...KEY,
              ...next,
              version: (seen?.version ?? 0) + 1,
              isReleased: false,
              expiresAtMs: nowMs() + next.ttlMs,
            },
            ...(seen
              ? {
                  ConditionExpression: "#fence = :fence AND #version = :version",
                  ExpressionAttributeNames: { "#fence": "fence", "#version": "version" },
                  ExpressionAttributeValues: { ":fence": seen.fence, ":version": seen.version },
                }
              : { ConditionExpression: "attribute_not_exists(pk)" }),
          }),
        ),
      ),
    renew: ({ holder, fence, ttlMs }, { nextFence = fence, release = false, actionId }) =>
      written(() =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: KEY,
            // The store itself counts: a request that the SDK sends twice cannot set an old version again.
            UpdateExpression: `SET #version = #version + :one, #fence = :next, #ttl = :ttl, #released = :released, #expires = :expires${actionId === undefined ? "" : ", #action = :action"}`,
            ConditionExpression: "#holder = :holder AND #fence = :fence AND #released = :false",
            ExpressionAttributeNames: {
              "#version": "version",
              "#fence": "fence",
              "#ttl": "ttlMs",
              "#released": "isReleased",
              "#expires": "expiresAtMs",
              "#holder": "holder",
              ...(actionId === undefined ? {} : { "#action": "lastActionId" }),
            },
            ExpressionAttributeValues: {
              ":one": 1,
              ":next": nextFence,
              ":ttl": ttlMs,
              ":released": release,
              ":expires": nowMs() + (release ? 0 : ttlMs),
              ":holder": holder,
              ":fence": fence,
              ":false": false,
              ...(actionId === undefined ? {} : { ":action": actionId }),
            },
          }),
        ),
      ),
  };
}

async function written(write: () => Promise<unknown>): Promise<"written" | "lost"> {
  try {
    await write();
    return "written";
  } catch (error) {
    if (classifyAwsError(error) === "lost-race") return "lost";
    throw error;
  }
}
