import { expect, test } from "vitest";
import { createFakeTelegram } from "./fake-telegram.ts";

const send = { chat_id: 1, text: "news" };

test.each<[string, string, unknown, number, RegExp]>([
  ["another token", "/botother/sendMessage", send, 401, /Unauthorized/],
  ["a method that is not there", "/bottoken/getMe", send, 404, /Not Found/],
  ["no text", "/bottoken/sendMessage", { chat_id: 1, text: " " }, 400, /text is empty/],
  ["more than 4,096 characters", "/bottoken/sendMessage", { chat_id: 1, text: "x".repeat(4097) }, 400, /too long/],
  ["no chat", "/bottoken/sendMessage", { text: "news" }, 400, /missing/],
  ["what is no JSON", "/bottoken/sendMessage", undefined, 400, /missing/],
])("%s is refused in Telegram's words, and delivers nothing", (_rule, path, body, status, words) => {
  const telegram = createFakeTelegram("token", () => 5);
  expect(telegram.answer(path, body)).toMatchObject({
    status,
    body: { ok: false, error_code: status, description: expect.stringMatching(words) },
  });
  expect(telegram.messages()).toEqual([]);
});

test("while it is limited every message is one too many, and says how long to wait; afterwards it is delivered once", () => {
  const telegram = createFakeTelegram("token", () => 5);
  telegram.limit(7);
  expect(telegram.answer("/bottoken/sendMessage", send)).toMatchObject({
    status: 429,
    body: { ok: false, error_code: 429, parameters: { retry_after: 7 } },
  });
  telegram.limit(undefined);
  expect(telegram.answer("/bottoken/sendMessage", { ...send, chat_id: "-100" })).toMatchObject({
    status: 200,
    body: { ok: true, result: { message_id: 1, chat: { id: -100 } } },
  });
  expect(telegram.messages()).toEqual([{ atMs: 5, text: "news" }]);
});
