import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createAnnouncer } from "./announcer.ts";
import type { DeliveryError } from "./channel.ts";
import { createSlack } from "./slack.ts";
import { createTelegram } from "./telegram.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A fake Telegram (or Slack) on loopback that keeps what it got. */
async function fakeService(
  status = 200,
  answers: { status?: number; body?: unknown; headers?: Record<string, string> }[] = [],
) {
  const got: { url: string | undefined; body: { chat_id?: number; text: string } }[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      got.push({ url: request.url, body: JSON.parse(text) });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      const body = answer?.body ?? {};
      response
        .writeHead(answer?.status ?? status, answer?.headers)
        .end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  closers.push(close);
  return { got, close, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
const token = "123456:SECRET-SECRET";

test("Telegram gets the text for the chat, as plain text", async () => {
  const service = await fakeService();
  await createTelegram({ apiUrl: `${service.url}/`, token, chatId: -100123 }).send("workers 1 -> 2 <b>");
  const body = { chat_id: -100123, text: "workers 1 -> 2 <b>", disable_web_page_preview: true };
  expect(service.got).toEqual([{ url: `/bot${token}/sendMessage`, body }]);
});

test("Slack gets the text at its webhook", async () => {
  const service = await fakeService();
  await createSlack(`${service.url}/services/T0/B0/secret`).send("hello");
  expect(service.got).toEqual([{ url: "/services/T0/B0/secret", body: { text: "hello" } }]);
});

test("failures say what happened without the token", async () => {
  const refusing = await fakeService(401);
  const telegram = createTelegram({ apiUrl: refusing.url, token, chatId: 1 });
  await expect(telegram.send("x")).rejects.toThrow(/^Telegram answered 401$/);
  refusing.close();
  const error: Error = await telegram.send("x").then(
    () => new Error("was sent"),
    (reason) => reason,
  );
  expect(error.message).toMatch(/^Telegram cannot be reached \(.+\)$/);
  expect(`${error.stack}${JSON.stringify(error)}`).not.toContain("SECRET");
});

const failureOf = (sent: Promise<void>): Promise<DeliveryError> =>
  sent.then(
    () => Promise.reject(new Error("was sent")),
    (error) => error,
  );

test.each<[rule: string, answer: object, expected: object]>([
  [
    "429 says when to come back",
    {
      status: 429,
      body: { ok: false, description: "Too Many Requests: retry after 7", parameters: { retry_after: 7 } },
    },
    { isRetryable: true, retryAfterMs: 7_000, message: "Telegram answered 429: Too Many Requests: retry after 7" },
  ],
  ["429 by header alone", { status: 429, headers: { "retry-after": "3" } }, { isRetryable: true, retryAfterMs: 3_000 }],
  [
    "5xx is tried again, also where a gateway answers instead",
    { status: 502, body: "<html>Bad Gateway</html>" },
    { isRetryable: true, message: "Telegram answered 502" },
  ],
  [
    "a wrong token is said, with what to do",
    { status: 401, body: { ok: false, description: `Unauthorized ${token}` } },
    { isRetryable: false, message: expect.stringMatching(/^Telegram answered 401: Unauthorized …\. .*TELEGRAM_TOKEN/) },
  ],
  [
    "a bot that was put out of the chat, too",
    { status: 403, body: { ok: false, description: "Forbidden: bot was kicked from the group chat" } },
    { isRetryable: false, message: expect.stringContaining("notify.telegram.chatId") },
  ],
])("Telegram: %s", async (_rule, answer, expected) => {
  const service = await fakeService(200, [answer]);
  const failure = await failureOf(createTelegram({ apiUrl: service.url, token, chatId: 1 }).send("x"));
  expect(failure).toMatchObject(expected);
  expect(failure.message).not.toContain(token);
});

test("Telegram: a chat that became a supergroup is followed, and people and the log are told once what to write", async () => {
  const moved = {
    ok: false,
    description: "Bad Request: group chat was upgraded",
    parameters: { migrate_to_chat_id: -1009 },
  };
  const service = await fakeService(200, [{ status: 400, body: moved }, {}]);
  const said: string[] = [];
  const telegram = createTelegram({
    apiUrl: service.url,
    token,
    chatId: -5,
    onMoved: (sentence) => said.push(sentence),
  });
  await telegram.send("a");
  await telegram.send("b");
  expect(service.got.map(({ body }) => [body.chat_id, body.text.split("\n")[0]])).toEqual([
    [-5, "a"],
    [-1009, "a"],
    [-1009, "b"],
  ]);
  expect(said).toEqual([expect.stringContaining("write notify.telegram.chatId: -1009 in fleet.yaml")]);
  expect(service.got.map(({ body }) => body.text.includes("-1009"))).toEqual([false, true, false]);
});

test("Telegram: a chat that moves in a circle ends as a refusal", async () => {
  const moved = (to: number) => ({ status: 400, body: { ok: false, parameters: { migrate_to_chat_id: to } } });
  const service = await fakeService(200, [moved(-2), moved(-1), moved(-2)]);
  const failure = await failureOf(createTelegram({ apiUrl: service.url, token, chatId: -1 }).send("a"));
  expect([failure.isRetryable, service.got.length]).toEqual([false, 2]);
});

test("Slack: nothing in a text calls anybody or becomes a link", async () => {
  const service = await fakeService();
  const text = "scale.sh failed: <!channel> & <@U1> <https://x|y> &lt; 😀\ud83d";
  await createSlack(service.url).send(text);
  expect(service.got[0]?.body.text).toBe(
    "scale.sh failed: &lt;!channel&gt; &amp; &lt;@U1&gt; &lt;https://x|y&gt; &amp;lt; 😀\ufffd",
  );
});

test.each<[rule: string, answer: object, expected: object]>([
  [
    "429 says when to come back",
    { status: 429, body: "rate_limited", headers: { "retry-after": "30" } },
    { isRetryable: true, retryAfterMs: 30_000, message: "Slack answered 429: rate_limited" },
  ],
  ["5xx is tried again", { status: 500, body: "rollup_error" }, { isRetryable: true }],
  [
    "a webhook that is gone is said, with what to do",
    { status: 404, body: "no_service" },
    { isRetryable: false, message: expect.stringMatching(/^Slack answered 404: no_service\. .*SLACK_WEBHOOK_URL/) },
  ],
  [
    "what is not Slack's own word is not repeated",
    { status: 400, body: "<b>secret</b>" },
    { message: "Slack answered 400" },
  ],
])("Slack: %s", async (_rule, answer, expected) => {
  const service = await fakeService(200, [answer]);
  expect(await failureOf(createSlack(service.url).send("x"))).toMatchObject(expected);
});

test("whatever is said arrives whole, in messages within each channel's limit", async () => {
  const service = await fakeService();
  const clock = createFakeClock(0);
  const lines = Array.from({ length: 15 }, (_, index) => `${index} failed: ${"<&>😀 word ".repeat(28)}`);
  const channels = [createTelegram({ apiUrl: service.url, token, chatId: 1 }), createSlack(`${service.url}/slack`)];
  const announcer = createAnnouncer({ channels, clock, log: createMemoryLog(), title: "fleet demo" });
  for (const line of lines) announcer.say(line);
  await announcer.flush();
  for (const [of, limit] of [
    ["/bot", 4096],
    ["/slack", 4000],
  ] as const) {
    const texts = service.got.filter(({ url }) => url?.startsWith(of)).map(({ body }) => body.text);
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(limit);
    const plain = texts.join("\n").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    expect(plain).toBe(["fleet demo:", ...lines].join("\n"));
  }
});
