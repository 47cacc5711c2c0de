import {
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
} from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { EVENTS } from "../../test/sdk-under-test.ts";
import { withFront } from "../../test/with-front.ts";

const given = withFront("test");

describe("SQS", () => {
  const url = async (QueueName = EVENTS) => {
    const { QueueUrl = "" } = await given.sdk.sqs.send(new GetQueueUrlCommand({ QueueName }));
    return QueueUrl;
  };
  const receive = async (request: Partial<ReceiveMessageCommandInput> = {}) => {
    const { Messages } = await given.sdk.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: await url(), MaxNumberOfMessages: 10, ...request }),
    );
    return Messages ?? [];
  };
  const bodies = async (request: Partial<ReceiveMessageCommandInput> = {}) =>
    (await receive(request)).map(({ Body }) => Body);

  test("a queue's address names its account; one that is not there is refused by AWS's name of the error", async () => {
    expect(await url()).toBe(`https://sqs.eu-central-1.amazonaws.com/000000000000/${EVENTS}`);
    await expect(url("other")).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  });

  test("what is received is hidden, comes again, and is gone once it is deleted", async () => {
    given.front.events.send("a");
    const [first] = await receive({ VisibilityTimeout: 1 });
    expect(first?.Body).toBe("a");
    expect(await bodies()).toEqual([]);
    const [again] = await receive({ WaitTimeSeconds: 5 });
    expect(again).toMatchObject({ Body: "a", Attributes: { ApproximateReceiveCount: "2" } });
    await given.sdk.sqs.send(new DeleteMessageCommand({ QueueUrl: await url(), ReceiptHandle: again?.ReceiptHandle }));
    expect(await bodies({ VisibilityTimeout: 0 })).toEqual([]);
  });

  test("no order is kept, and a duplicate is another message", async () => {
    given.front.events.send("first");
    given.front.events.send("second", 2);
    expect(await bodies()).toEqual(["second", "second", "first"]);
  });

  test("a long poll ends when something arrives, not before and not long after", async () => {
    const polled = bodies({ WaitTimeSeconds: 20 });
    given.front.events.send("late");
    expect(await polled).toEqual(["late"]);
  });

  test("several are deleted at once, each with its own answer", async () => {
    given.front.events.send("a");
    const [message] = await receive();
    const { Successful, Failed } = await given.sdk.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: await url(),
        Entries: [
          { Id: "0", ReceiptHandle: message?.ReceiptHandle },
          { Id: "1", ReceiptHandle: "never given" },
        ],
      }),
    );
    expect(Successful?.map(({ Id }) => Id)).toEqual(["0"]);
    expect(Failed).toMatchObject([{ Id: "1", Code: "ReceiptHandleIsInvalid", SenderFault: true }]);
  });

  test("what nobody deletes is put aside in the end", async () => {
    given.front.events.send("poison");
    for (let left = 10; left > 0; left--) expect(await bodies({ VisibilityTimeout: 0 })).toEqual(["poison"]);
    expect(await bodies({ VisibilityTimeout: 0 })).toEqual([]);
    expect(given.front.events.deadLetters()).toEqual(["poison"]);
  });

  test.each<[string, Partial<ReceiveMessageCommandInput>]>([
    ["eleven at once", { MaxNumberOfMessages: 11 }],
    ["a wait of more than 20 s", { WaitTimeSeconds: 21 }],
  ])("refuses %s, as AWS does", async (_what, request) => {
    await expect(receive(request)).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });
});
