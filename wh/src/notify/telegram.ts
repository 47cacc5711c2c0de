import type { Channel } from "./channel.ts";
import { postJson } from "./post-json.ts";

export interface TelegramOptions {
  /** Default `https://api.telegram.org`. */
  readonly apiUrl?: string;
  readonly token: string;
  readonly chatId: number;
}

/** Sends plain text by a Telegram bot. */
export function createTelegram({ apiUrl = "https://api.telegram.org", token, chatId }: TelegramOptions): Channel {
  const url = `${apiUrl.replace(/\/+$/, "")}/bot${token}/sendMessage`;
  return {
    name: "telegram",
    send: (text) => postJson("Telegram", url, { chat_id: chatId, text, disable_web_page_preview: true }),
  };
}
