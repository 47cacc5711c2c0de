import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createSlack } from "./slack.ts";
import { createTelegram } from "./telegram.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A fake Telegram (or Slack) on loopback that keeps what it got. */
async function fakeService(status = 200) {
  const got: { url: string | undefined; body: unknown }[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      got.push({ url: request.url, body: JSON.parse(text) });
      response.writeHead(status).end("{}");
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
