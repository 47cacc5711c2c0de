import { z } from "zod";

/** A message that reached people. Times are epoch milliseconds. */
export interface DeliveredMessage {
  readonly atMs: number;
  readonly text: string;
}

/** What Telegram answers to one call of its Bot API. */
export interface TelegramAnswer {
  readonly status: number;
  readonly body: object;
}

export interface FakeTelegram {
  /** One call: the path after the address, such as `/botTOKEN/sendMessage`, and the decoded body. */
  readonly answer: (path: string, body: unknown) => TelegramAnswer;
  /** Oldest first; the last 500. */
  readonly messages: () => readonly DeliveredMessage[];
  /** Refuses every message as one too many, naming these seconds to wait; undefined delivers again. */
  readonly limit: (retryAfterSeconds: number | undefined) => void;
}

const KEPT = 500;
/** Telegram's own limit, in UTF-16 code units. */
const LONGEST = 4096;

const messageSchema = z.looseObject({ chat_id: z.union([z.number(), z.string()]), text: z.string() });

/** Telegram as far as a bot needs it that writes to one chat: delivered messages are kept for whoever asks what people heard. */
export function createFakeTelegram(token: string, now: () => number): FakeTelegram {
  const delivered: DeliveredMessage[] = [];
  let retryAfterSeconds: number | undefined;
  let count = 0;

  const send = (body: unknown): TelegramAnswer => {
    const parsed = messageSchema.safeParse(body);
    if (!parsed.success) return refused(400, "Bad Request: chat_id or text is missing");
    const { text, chat_id } = parsed.data;
    if (text.trim() === "") return refused(400, "Bad Request: message text is empty");
    if (text.length > LONGEST) return refused(400, "Bad Request: message is too long");
    if (retryAfterSeconds !== undefined)
      return {
        status: 429,
        body: {
          ok: false,
          error_code: 429,
          description: `Too Many Requests: retry after ${retryAfterSeconds}`,
          parameters: { retry_after: retryAfterSeconds },
        },
      };
    count += 1;
    delivered.push({ atMs: now(), text });
    if (delivered.length > KEPT) delivered.shift();
    const date = Math.floor(now() / 1000);
    return {
      status: 200,
      body: { ok: true, result: { message_id: count, date, chat: { id: Number(chat_id), type: "group" }, text } },
    };
  };

  return {
    answer: (path, body) => {
      const [, asked, method] = /^\/bot([^/]+)\/([A-Za-z]+)$/.exec(path) ?? [];
      if (asked !== token) return refused(401, "Unauthorized");
      return method === "sendMessage" ? send(body) : refused(404, "Not Found");
    },
    messages: () => [...delivered],
    limit: (seconds) => {
      retryAfterSeconds = seconds;
    },
  };
}

function refused(code: number, description: string): TelegramAnswer {
  return { status: code, body: { ok: false, error_code: code, description } };
}
