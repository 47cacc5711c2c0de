import {
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { EventQueue } from "../notices/ports.ts";

const WAIT_SECONDS = 20;
/** SQS gives at most ten at once, and takes as many. */
const BATCH = 10;
/** What is not removed comes again after so long. */
const HIDDEN_SECONDS = 30;

/** The fleet's queue of events in SQS, by its name. */
export function createSqsEvents(client: Pick<SQSClient, "send" | "config">, queueName: string): EventQueue {
  let url: string | undefined;
  const queueUrl = async (): Promise<string> => {
    url ??= (await client.send(new GetQueueUrlCommand({ QueueName: queueName }))).QueueUrl;
    if (url === undefined) throw new Error(`SQS names no address of the queue ${queueName}`);
    return url;
  };
  return {
    receive: async (abortSignal) => {
      const QueueUrl = await queueUrl();
      try {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: BATCH,
            WaitTimeSeconds: WAIT_SECONDS,
            VisibilityTimeout: HIDDEN_SECONDS,
          }),
          { abortSignal },
        );
        return {
          home: { account: accountOf(QueueUrl), region: await client.config.region() },
          events: Messages.flatMap(({ Body: body, ReceiptHandle: handle }) =>
            body === undefined || handle === undefined ? [] : [{ body, handle }],
          ),
        };
      } catch (error) {
        // It may have been made anew, elsewhere.
        url = undefined;
        throw error;
      }
    },
    remove: async (handles) => {
      const QueueUrl = await queueUrl();
      for (let from = 0; from < handles.length; from += BATCH) {
        const Entries = handles
          .slice(from, from + BATCH)
          .map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
        await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
  };
}

/** The queue's account: its address ends in `/ACCOUNT/NAME`. */
function accountOf(queueUrl: string): string {
  return new URL(queueUrl).pathname.split("/").at(-2) ?? "";
}
