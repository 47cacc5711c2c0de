import { z } from "zod";
import { wellFormed } from "../text/code-points.ts";
import type { Channel } from "./channel.ts";
import type { Notifier } from "./notifier.ts";
import { postJson, refusal } from "./post-json.ts";

/** UTF-16 code units of a message after its entities are parsed; as plain text has none, of the message. */
const LIMIT = 4096;

const answerSchema = z.object({
  description: z.string().optional(),
  parameters: z
    .object({ migrate_to_chat_id: z.int().optional(), retry_after: z.number().nonnegative().optional() })
    .optional(),
});

const ADVICE: Readonly<Record<number, string>> = {
  400: "Look whether notify.telegram.chatId of fleet.yaml is a chat that the bot is in",
  401: "The secret TELEGRAM_TOKEN is no token of a bot any more: set it anew",
  403: "The bot may not write there: put it into the chat of notify.telegram.chatId again",
  404: "The secret TELEGRAM_TOKEN is no token of a bot: set it anew",
};

export interface TelegramOptions {
  /** Default `https://api.telegram.org`. */
  readonly apiUrl?: string;
  readonly token: string;
  readonly chatId: number;
  /** Hears once that the chat has another id now, and what to do. */
  readonly onMoved?: (sentence: string) => void;
}

/** Telegram: the secret is the bot's token. */
export const telegram: Notifier<"telegram"> = ({ settings, secret, telegramApiUrl, onProblem }) =>
  createTelegram({
    token: secret,
    chatId: settings.chatId,
    ...(telegramApiUrl && { apiUrl: telegramApiUrl }),
    onMoved: onProblem,
  });

/** Sends plain text by a Telegram bot: without a parse mode nothing in it is markup. Follows a chat that became a supergroup, which changes its id. */
export function createTelegram(options: TelegramOptions): Channel {
  const { apiUrl = "https://api.telegram.org", token } = options;
  const url = `${apiUrl.replace(/\/+$/, "")}/bot${token}/sendMessage`;
  let { chatId } = options;

  const post = async (text: string) => {
    const answer = await postJson("Telegram", url, { chat_id: chatId, text, disable_web_page_preview: true });
    return { answer, ...(answer.isOk ? {} : readRefusal(answer.body)) };
  };
  const send = async (text: string, mayMove: boolean): Promise<void> => {
    const { answer, description = "", parameters } = await post(text);
    if (answer.isOk) return;
    const { migrate_to_chat_id: movedTo, retry_after: seconds } = parameters ?? {};
    if (movedTo !== undefined && movedTo !== chatId && mayMove) {
      chatId = movedTo;
      const sentence = `the Telegram chat ${options.chatId} has become ${movedTo}: write notify.telegram.chatId: ${movedTo} in fleet.yaml and release it; until then Alertmanager reaches nobody there`;
      options.onMoved?.(sentence);
      return send(`${text}\n${sentence}`.length <= LIMIT ? `${text}\n${sentence}` : text, false);
    }
    const retryAfterMs = seconds === undefined ? answer.retryAfterMs : seconds * 1000;
    const advice =
      movedTo === undefined ? ADVICE[answer.status] : `Write notify.telegram.chatId: ${movedTo} in fleet.yaml`;
    // Nothing that is said may hold the token, whoever answers.
    throw refusal(
      "Telegram",
      { ...answer, retryAfterMs },
      description.replaceAll(token, "…"),
      description ? advice : undefined,
    );
  };
  return { name: "telegram", limit: LIMIT, send: (text) => send(wellFormed(text), true) };
}

function readRefusal(body: string): z.infer<typeof answerSchema> {
  try {
    return answerSchema.safeParse(JSON.parse(body)).data ?? {};
  } catch {
    return {};
  }
}
