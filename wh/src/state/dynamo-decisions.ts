import { BatchWriteCommand, type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { DecisionRecord } from "../loop/decision-record.ts";

export const DAY_MS = 86_400_000;
const TTL_MS = 90 * DAY_MS;
/** DynamoDB's limit. */
const BATCH = 25;
const ATTEMPTS = 3;

type Sender = Pick<DynamoDBDocumentClient, "send">;

/** Writes decisions in batches. Throws when some were still refused after three attempts. */
export async function appendDecisions(
  client: Sender,
  table: string,
  records: readonly DecisionRecord[],
): Promise<void> {
  for (let start = 0; start < records.length; start += BATCH) {
    let requests = records.slice(start, start + BATCH).map((record) => ({
      PutRequest: {
        Item: {
          pk: partitionOf(record.atMs),
          sk: `${String(record.atMs).padStart(15, "0")}#${record.id}`,
          expiresAt: Math.ceil((record.atMs + TTL_MS) / 1000),
          record,
        } as Record<string, unknown>,
      },
    }));
    for (let attempt = 0; requests.length > 0; attempt++) {
      if (attempt === ATTEMPTS) throw new Error(`DynamoDB refused ${requests.length} decisions for lack of throughput`);
      const result = await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      requests = (result.UnprocessedItems?.[table] ?? []).flatMap(({ PutRequest }) =>
        PutRequest?.Item ? [{ PutRequest: { Item: PutRequest.Item } }] : [],
      );
    }
  }
}

/** Decisions of today and yesterday (UTC), newest first. */
export async function recentDecisions(
  client: Sender,
  table: string,
  nowMs: number,
  limit: number,
): Promise<DecisionRecord[]> {
  const found: DecisionRecord[] = [];
  for (const atMs of [nowMs, nowMs - DAY_MS]) {
    if (found.length >= limit) break;
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": partitionOf(atMs) },
        ScanIndexForward: false,
        Limit: limit - found.length,
      }),
    );
    for (const item of page.Items ?? []) found.push(item.record as DecisionRecord);
  }
  return found;
}

function partitionOf(atMs: number): string {
  return `decision#${new Date(atMs).toISOString().slice(0, 10)}`;
}
