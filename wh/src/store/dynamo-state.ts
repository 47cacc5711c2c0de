import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import { classifyAwsError } from "../aws/aws-errors.ts";
import type { DecisionRecord } from "../loop/decision-record.ts";
import { appendDecisions, DAY_MS, decisionsBetween, recentDecisions } from "./dynamo-decisions.ts";
import type { StateStore } from "./state-store.ts";
import { readDecision, readOverride, readPullRecord, readStep } from "./stored.ts";

const ACTIONS = "action";
const OVERRIDES = "override";
const STEPS = "step";
const PULL = { pk: "release", sk: "pull" };
/** An action's fence, and the step of an alert, must outlive every scaler that could still be acting; audits like to look back further. */
const ACTION_TTL_MS = 90 * DAY_MS;

/** A table full of them must not fill the memory. */
const TOLD_LIMIT = 1_000;

type Item = Readonly<Record<string, unknown>>;

/** The key of an item that is left out because this version does not understand it. */
export interface UnreadableItem {
  readonly pk: string;
  readonly sk: string;
}

/**
 * State in one DynamoDB table (pk, sk, TTL attribute `expiresAt` in epoch seconds):
 * `action`/target, `override`/id, `step`/signal, `release`/`pull`, `decision#YYYY-MM-DD`/time#id.
 */
export function createDynamoState(
  client: Pick<DynamoDBDocumentClient, "send">,
  table: string,
  onUnreadable: (item: UnreadableItem) => void,
): StateStore {
  const told = new Set<string>();
  /** What `read` understands of the items; each that it does not is told of once. */
  const understood = <T>(items: readonly Item[], read: (item: Item) => T | undefined): T[] =>
    items.flatMap((item) => {
      const value = read(item);
      if (value !== undefined) return [value];
      const key = { pk: String(item.pk), sk: String(item.sk) };
      const name = JSON.stringify(key);
      if (!told.has(name) && told.size < TOLD_LIMIT) {
        told.add(name);
        onUnreadable(key);
      }
      return [];
    });
  return {
    claim: async (action) => {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: { pk: ACTIONS, sk: action.target, expiresAt: toSeconds(action.atMs + ACTION_TTL_MS), ...action },
            ConditionExpression: "attribute_not_exists(pk) OR #id = :id OR #fence < :fence",
            ExpressionAttributeNames: { "#id": "id", "#fence": "fence" },
            ExpressionAttributeValues: { ":id": action.id, ":fence": action.fence },
          }),
        );
        return "claimed";
      } catch (error) {
        if (classifyAwsError(error) === "lost-race") return "superseded";
        throw error;
      }
    },
    list: async () => {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": OVERRIDES },
          ConsistentRead: true,
        }),
      );
      return understood(page.Items ?? [], (item) => readOverride(item.override));
    },
    put: async (override) => {
      const expiresAt = toSeconds(override.expiresAtMs);
      await client.send(
        new PutCommand({ TableName: table, Item: { pk: OVERRIDES, sk: override.id, expiresAt, override } }),
      );
    },
    remove: async (id) => {
      await client.send(new DeleteCommand({ TableName: table, Key: { pk: OVERRIDES, sk: id } }));
    },
    settleStep: async (signal, step, atMs) => {
      const key = { pk: STEPS, sk: signal };
      try {
        if (step) {
          const expiresAt = toSeconds(atMs + ACTION_TTL_MS);
          await client.send(
            new PutCommand({
              TableName: table,
              Item: { ...key, expiresAt, step },
              ConditionExpression: "attribute_not_exists(pk)",
            }),
          );
          return step;
        }
      } catch (error) {
        if (classifyAwsError(error) !== "lost-race") throw error;
      }
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return understood(Item ? [Item] : [], (item) => readStep(item.step))[0] ?? null;
    },
    readPull: async () => {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: PULL, ConsistentRead: true }));
      return Item && readPullRecord(Item.record);
    },
    writePull: async (record, fence) => {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            // Kept for good: a commit that was acted upon must not be forgotten.
            Item: { ...PULL, fence, record },
            ConditionExpression: "attribute_not_exists(pk) OR #fence <= :fence",
            ExpressionAttributeNames: { "#fence": "fence" },
            ExpressionAttributeValues: { ":fence": fence },
          }),
        );
        return "written";
      } catch (error) {
        if (classifyAwsError(error) === "lost-race") return "superseded";
        throw error;
      }
    },
    append: (records) => appendDecisions(client, table, records),
    between: async (span, limit) => {
      const found: DecisionRecord[] = [];
      for await (const items of decisionsBetween(client, table, span)) {
        found.push(
          ...understood(items, (item) => readDecision(item.record)).filter(
            ({ target }) => span.target === undefined || target === span.target,
          ),
        );
        if (found.length >= limit) break;
      }
      return found.slice(0, limit);
    },
    recent: async (nowMs, limit) =>
      understood(await recentDecisions(client, table, nowMs, limit), (item) => readDecision(item.record)),
  };
}

function toSeconds(atMs: number): number {
  return Math.ceil(atMs / 1000);
}
