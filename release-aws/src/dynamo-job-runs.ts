import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import type { JobAsk, JobAsks, JobRun, JobRuns } from "@compose-fleet/releases";
import { BEFORE_RELEASE } from "@compose-fleet/releases";
import { z } from "zod";

/** Wishes are apart from runs: who releases may write those alone. */
const ASKED = "job#asked";
const TTL_MS = 90 * 86_400_000;
/** An hour after its time a wish is nobody's any more. */
const ASK_TTL_MS = 3_600_000;

// What the table holds may be of another version, or of somebody's hand.
const revision = z.object({ bucket: z.string(), key: z.string() });
const common = { job: z.string(), id: z.string(), askId: z.string(), by: z.string(), atMs: z.number() };
const askSchema = z.object({
  ...common,
  seconds: z.number(),
  revision: revision.exactOptional(),
  evenIfLost: z.boolean(),
});
const runSchema = z.object({
  ...common,
  state: z.enum(["running", "done", "failed", "lost", "skipped", "missed", "scheduled"]),
  worker: z.string().exactOptional(),
  attempt: z.int(),
  endedAtMs: z.number().exactOptional(),
  words: z.string().exactOptional(),
  revision: revision.exactOptional(),
  seconds: z.number(),
  fence: z.number(),
  schedule: z.string().exactOptional(),
});

type Sender = Pick<DynamoDBDocumentClient, "send">;

/** Wishes for runs in the state table: `job#asked`/JOB#ID, and runs to be read: `job#JOB`/ID. */
export function createDynamoJobAsks(client: Sender, table: string): JobAsks {
  const keyOf = ({ job, id }: JobAsk) => ({ pk: ASKED, sk: `${job}#${id}` });
  return {
    ask: async (ask) => {
      const expiresAt = toSeconds(ask.atMs + ask.seconds * 1000 + ASK_TTL_MS);
      await client.send(
        new PutCommand({ TableName: table, Item: { ...keyOf(ask), expiresAt, askId: ask.askId, ask } }),
      );
    },
    withdraw: async (ask) => {
      await written(() =>
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: keyOf(ask),
            ConditionExpression: "attribute_not_exists(pk) OR #ask = :ask",
            ExpressionAttributeNames: { "#ask": "askId" },
            ExpressionAttributeValues: { ":ask": ask.askId },
          }),
        ),
      );
    },
    read: async (job, id) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { pk: partitionOf(job), sk: id }, ConsistentRead: true }),
      );
      return Item && readRun(Item);
    },
  };
}

/** All of jobs in the state table. A run that this version does not understand is no unknown one: reading it throws. */
export function createDynamoJobRuns(client: Sender, table: string): JobRuns {
  const query = async (partition: string, options: { readonly Limit?: number } = {}) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": partition },
        ScanIndexForward: false,
        ConsistentRead: true,
        ...options,
      }),
    );
    return Items;
  };
  return {
    ...createDynamoJobAsks(client, table),
    asked: async () =>
      (await query(ASKED)).flatMap(({ ask }) => {
        const read = askSchema.safeParse(ask);
        return read.success ? [read.data] : [];
      }),
    begin: async (run) =>
      (await written(() =>
        client.send(
          new PutCommand({ TableName: table, Item: itemOf(run), ConditionExpression: "attribute_not_exists(pk)" }),
        ),
      ))
        ? "begun"
        : "known",
    change: async (run, seen) =>
      (await written(() =>
        client.send(
          new PutCommand({
            TableName: table,
            Item: itemOf(run),
            ConditionExpression: "#attempt = :attempt AND #state = :state AND #fence <= :fence",
            ExpressionAttributeNames: { "#attempt": "attempt", "#state": "state", "#fence": "fence" },
            ExpressionAttributeValues: { ":attempt": seen.attempt, ":state": seen.state, ":fence": run.fence },
          }),
        ),
      ))
        ? "changed"
        : "superseded",
    newest: async (job, limit) => (await query(partitionOf(job), { Limit: limit })).map(readRun),
  };
}

function partitionOf(job: string): string {
  return `job#${job}`;
}

/** What ran before a revision is kept for good: it must never run for that one again. */
function itemOf(run: JobRun) {
  const { attempt, state, fence } = run;
  const expires = run.job === BEFORE_RELEASE ? {} : { expiresAt: toSeconds(run.atMs + TTL_MS) };
  return { pk: partitionOf(run.job), sk: run.id, ...expires, attempt, state, fence, run };
}

function readRun(item: Record<string, unknown>): JobRun {
  const read = runSchema.safeParse(item.run);
  if (read.success) return read.data;
  throw new Error(
    `the item ${String(item.pk)}/${String(item.sk)} of the state table is no run of a job that this version understands: release the version that wrote it, or delete it if the job may run once more`,
  );
}

/** False where the condition does not hold. */
async function written(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}

function toSeconds(atMs: number): number {
  return Math.ceil(atMs / 1000);
}
