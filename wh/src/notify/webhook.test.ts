import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { DeliveryError } from "./channel.ts";
import { createWebhook } from "./webhook.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const secret = "a-key-of-the-receiver";

/** A receiver on loopback that answers in turn, the last answer for ever, and a channel to it. */
async function receiverOf(answers: { status: number; headers?: Record<string, string>; body?: string }[]) {
  const got: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      const { status, headers, body: said } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 200 };
      response.writeHead(status, headers).end(said);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  closers.push(close);
  let ids = 0;
  const channel = createWebhook({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=SECRET`,
    secret,
    fleet: { name: "shop", environment: "stage" },
    nowMs: () => Date.parse("2026-07-01T10:00:00Z"),
    newId: () => `id-${++ids}`,
  });
  return { got, channel, close };
}

const failureOf = (sent: Promise<void>): Promise<DeliveryError> =>
  sent.then(
    () => Promise.reject(new Error("was sent")),
    (error) => error,
  );

test("the message is JSON, signed over its bytes", async () => {
  const { got, channel } = await receiverOf([{ status: 204 }]);
  await channel.send("fleet shop (stage):\nworkers scaled out 1 -> 2: “höher” \ud83d");
  const [{ headers, body } = { headers: {}, body: "" }] = got;
  expect(JSON.parse(body)).toEqual({
    version: 1,
    id: "id-1",
    sentAt: "2026-07-01T10:00:00.000Z",
    fleet: "shop",
    environment: "stage",
    text: "fleet shop (stage):\nworkers scaled out 1 -> 2: “höher” \ufffd",
  });
  expect(headers["content-type"]).toBe("application/json");
  const expected = createHmac("sha256", secret).update(Buffer.from(body, "utf8")).digest("hex");
  expect(headers["x-fleet-signature"]).toBe(`sha256=${expected}`);
});

test("a message that is tried again keeps its id; the same text later is another message", async () => {
  const { got, channel } = await receiverOf([{ status: 503 }, { status: 200 }]);
  await failureOf(channel.send("wh leads"));
  await channel.send("wh leads");
  await channel.send("wh leads");
  expect(got.map(({ body }) => JSON.parse(body).id)).toEqual(["id-1", "id-1", "id-2"]);
});

test.each<
  [rule: string, answer: { status: number; headers?: Record<string, string>; body?: string }, expected: object]
>([
  [
    "429 says in seconds when to come back",
    { status: 429, headers: { "retry-after": "7" } },
    { isRetryable: true, retryAfterMs: 7_000, message: "The webhook answered 429" },
  ],
  [
    "503 says it by a time of the receiver's own clock",
    {
      status: 503,
      headers: { date: "Wed, 01 Jul 2026 09:00:00 GMT", "retry-after": "Wed, 01 Jul 2026 09:00:30 GMT" },
    },
    { isRetryable: true, retryAfterMs: 30_000 },
  ],
  [
    "a time that cannot be read is none",
    { status: 503, headers: { "retry-after": "soon" } },
    { isRetryable: true, retryAfterMs: undefined },
  ],
  [
    "a signature that is not taken is said, with what to do",
    { status: 401, body: "SECRET" },
    { isRetryable: false, message: expect.stringMatching(/^The webhook answered 401\. .*WEBHOOK_SECRET$/) },
  ],
  [
    "a redirect is not followed: the signed message is for one receiver",
    { status: 307, headers: { location: "http://127.0.0.1:1/" } },
    { isRetryable: false, message: "The webhook answered 307" },
  ],
])("%s", async (_rule, answer, expected) => {
  const { got, channel } = await receiverOf([answer]);
  const failure = await failureOf(channel.send("x"));
  expect(failure).toMatchObject(expected);
  expect(failure.message).not.toMatch(/hook\?|a-key/);
  expect(got).toHaveLength(1);
});

test("a receiver that is not there can be there later", async () => {
  const { channel, close } = await receiverOf([{ status: 200 }]);
  close();
  const failure = await failureOf(channel.send("x"));
  expect(failure).toMatchObject({ isRetryable: true, message: "The webhook cannot be reached (ECONNREFUSED)" });
});
