import { BatchWriteCommand, type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { classifyAwsError, describeAwsError } from "../aws/aws-errors.ts";
import type { DecisionRecord } from "../loop/decision-record.ts";
import { type DecisionSpan, type RefusedRecord, RefusedRecordsError } from "../loop/ports.ts";
import { storable } from "./storable.ts";
import { readDecision } from "./stored.ts";

export const DAY_MS = 86_400_000;
const TTL_MS = 90 * DAY_MS;
/** DynamoDB's limit. */
const BATCH = 25;
const ATTEMPTS = 3;

type Sender = Pick<DynamoDBDocumentClient, "send">;

/**
 * Writes decisions in batches. One that can never be stored is left out; a batch that DynamoDB refuses for what is in it is written
 * one by one. Throws `RefusedRecordsError` with those after all others are stored; any other error when some may be stored later.
 */
export async function appendDecisions(
  client: Sender,
  table: string,
  records: readonly DecisionRecord[],
): Promise<void> {
  const refused: RefusedRecord[] = [];
  const items = records.flatMap((record) => {
    const item = itemOf(record);
    if (item === undefined) refused.push({ id: record.id, problem: "it is no decision that could be read again" });
    return item === undefined ? [] : [{ id: record.id, item }];
  });
  for (let start = 0; start < items.length; start += BATCH) {
    const batch = items.slice(start, start + BATCH);
    try {
      await write(
        client,
        table,
        batch.map(({ item }) => item),
      );
    } catch (error) {
      if (!isOfItsContent(error)) throw error;
      for (const { id, item } of batch) {
        try {
          await write(client, table, [item]);
        } catch (reason) {
          if (!isOfItsContent(reason)) throw reason;
          refused.push({ id, problem: describeAwsError(reason) });
        }
      }
    }
  }
  if (refused.length > 0) throw new RefusedRecordsError(refused);
}

type Item = Record<string, unknown>;

async function write(client: Sender, table: string, items: readonly Item[]): Promise<void> {
  let requests = items.map((Item) => ({ PutRequest: { Item } }));
  for (let attempt = 0; requests.length > 0; attempt++) {
    if (attempt === ATTEMPTS) throw new Error(`DynamoDB refused ${requests.length} decisions for lack of throughput`);
    const result = await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
    requests = (result.UnprocessedItems?.[table] ?? []).flatMap(({ PutRequest }) =>
      PutRequest?.Item ? [{ PutRequest: { Item: PutRequest.Item } }] : [],
    );
  }
}

/** Undefined for a record that would not be understood when it is read. */
function itemOf(decision: DecisionRecord): Item | undefined {
  const record = readDecision(storable(decision));
  if (record === undefined || Number.isNaN(new Date(record.atMs).getTime())) return undefined;
  return {
    pk: partitionOf(record.atMs),
    sk: `${timeKey(record.atMs)}#${record.id}`,
    expiresAt: Math.ceil((record.atMs + TTL_MS) / 1000),
    record,
  };
}

/** Whether the same call fails again for what is in it. */
function isOfItsContent(error: unknown): boolean {
  return (
    classifyAwsError(error) === "invalid" && !(error instanceof Error && error.name === "ResourceNotFoundException")
  );
}

/** The items of today's and yesterday's decisions (UTC), newest first, as they are stored. */
export async function recentDecisions(client: Sender, table: string, nowMs: number, limit: number): Promise<Item[]> {
  const found: Item[] = [];
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
    found.push(...(page.Items ?? []));
  }
  return found;
}

/** The items of a span, a page at a time, newest first, as they are stored. No further back than anything is kept. */
export async function* decisionsBetween(
  client: Sender,
  table: string,
  { sinceMs, untilMs }: Pick<DecisionSpan, "sinceMs" | "untilMs">,
): AsyncGenerator<readonly Item[]> {
  const firstMs = Math.max(sinceMs, untilMs - TTL_MS);
  for (let dayMs = dayOf(untilMs - 1); dayMs >= dayOf(firstMs); dayMs -= DAY_MS) {
    let after: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          // What was at `untilMs` has a longer key, which is past it.
          KeyConditionExpression: "pk = :pk AND sk BETWEEN :since AND :until",
          ExpressionAttributeValues: {
            ":pk": partitionOf(dayMs),
            ":since": timeKey(firstMs),
            ":until": timeKey(untilMs),
          },
          ScanIndexForward: false,
          ExclusiveStartKey: after,
        }),
      );
      yield page.Items ?? [];
      after = page.LastEvaluatedKey;
    } while (after !== undefined);
  }
}

function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}

function timeKey(atMs: number): string {
  return String(Math.max(0, atMs)).padStart(15, "0");
}

function partitionOf(atMs: number): string {
  return `decision#${new Date(atMs).toISOString().slice(0, 10)}`;
}
