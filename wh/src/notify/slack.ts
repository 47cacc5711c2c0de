import type { Channel } from "./channel.ts";
import { postJson } from "./post-json.ts";

/** Sends plain text to a Slack incoming webhook; its address is a secret. */
export function createSlack(webhookUrl: string): Channel {
  return { name: "slack", send: (text) => postJson("Slack", webhookUrl, { text }) };
}
