import type {
  DeleteMessageBatchCommandOutput,
  GetQueueUrlCommandOutput,
  ReceiveMessageCommandOutput,
} from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { EventQueue } from "../cloud/event-queue.ts";
import { type AwsService, action } from "../protocol/action.ts";
import { AwsError } from "../refusals/aws-error.ts";
import { ACCOUNT } from "./sts.ts";

type Output<Command> = Omit<Command, "$metadata">;

const FAULT = "InvalidParameterValue";

export interface SqsDeps {
  readonly queue: EventQueue;
  readonly name: string;
  readonly region: string;
  /** Aborted when nobody listens any more: whoever waits for messages gets none. */
  readonly signal: AbortSignal;
}

/** SQS with the fleet's one queue of events. Clients send every request to their endpoint, whatever the queue's address says. */
export function createSqs({ queue, name, region, signal }: SqsDeps): AwsService {
  const queueUrl = `https://sqs.${region}.amazonaws.com/${ACCOUNT}/${name}`;
  const requireQueue = (found: boolean) => {
    if (!found)
      throw new AwsError(
        "com.amazonaws.sqs#QueueDoesNotExist",
        "The specified queue does not exist for this wsdl version.",
      );
  };
  const remove = (receiptHandle: string): AwsError | undefined =>
    queue.remove(receiptHandle)
      ? undefined
      : new AwsError(
          "com.amazonaws.sqs#ReceiptHandleIsInvalid",
          `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
        );

  return {
    protocol: "json",
    version: "2012-11-05",
    actions: {
      GetQueueUrl: action(
        FAULT,
        z.object({ QueueName: z.string().min(1).max(80) }),
        (input): Output<GetQueueUrlCommandOutput> => {
          requireQueue(input.QueueName === name);
          return { QueueUrl: queueUrl };
        },
      ),
      ReceiveMessage: action(
        FAULT,
        z.object({
          QueueUrl: z.string(),
          MaxNumberOfMessages: z.int().min(1).max(10).default(1),
          WaitTimeSeconds: z.int().min(0).max(20).default(0),
          VisibilityTimeout: z.int().min(0).max(43_200).default(30),
        }),
        async (input): Promise<Output<ReceiveMessageCommandOutput>> => {
          requireQueue(input.QueueUrl === queueUrl);
          const deliveries = await queue.receive({
            most: input.MaxNumberOfMessages,
            waitMs: input.WaitTimeSeconds * 1000,
            hiddenMs: input.VisibilityTimeout * 1000,
            signal,
          });
          if (deliveries.length === 0) return {};
          return {
            Messages: deliveries.map(({ id, body, bodyMd5, receiptHandle, receives }) => ({
              MessageId: id,
              ReceiptHandle: receiptHandle,
              MD5OfBody: bodyMd5,
              Body: body,
              Attributes: { ApproximateReceiveCount: String(receives) },
            })),
          };
        },
      ),
      DeleteMessage: action(FAULT, z.object({ QueueUrl: z.string(), ReceiptHandle: z.string() }), (input) => {
        requireQueue(input.QueueUrl === queueUrl);
        const refusal = remove(input.ReceiptHandle);
        if (refusal) throw refusal;
        return {};
      }),
      DeleteMessageBatch: action(
        FAULT,
        z.object({
          QueueUrl: z.string(),
          Entries: z
            .array(z.object({ Id: z.string(), ReceiptHandle: z.string() }))
            .min(1)
            .max(10),
        }),
        (input): Output<DeleteMessageBatchCommandOutput> => {
          requireQueue(input.QueueUrl === queueUrl);
          const answers = input.Entries.map(({ Id, ReceiptHandle }) => ({ Id, refusal: remove(ReceiptHandle) }));
          return {
            Successful: answers.flatMap(({ Id, refusal }) => (refusal ? [] : [{ Id }])),
            Failed: answers.flatMap(({ Id, refusal }) =>
              refusal ? [{ Id, SenderFault: true, Code: "ReceiptHandleIsInvalid", Message: refusal.message }] : [],
            ),
          };
        },
      ),
    },
  };
}
