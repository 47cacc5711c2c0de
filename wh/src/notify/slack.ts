import { wellFormed } from "../text/code-points.ts";
import type { Channel } from "./channel.ts";
import type { Notifier } from "./notifier.ts";
import { postJson, refusal } from "./post-json.ts";

/** Slack asks for no more; from 40,000 on it cuts. */
const LIMIT = 4_000;

/** The three characters by which Slack tells markup from text: `<!channel>` would call everybody. */
const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

const ADVICE: Readonly<Record<number, string>> = {
  403: "The webhook was revoked: make another and set the secret SLACK_WEBHOOK_URL",
  404: "The webhook is gone: make another and set the secret SLACK_WEBHOOK_URL",
  410: "The channel is archived: make a webhook of another one and set the secret SLACK_WEBHOOK_URL",
};

/** Slack: the secret is the webhook's address. */
export const slack: Notifier<"slack"> = ({ secret }) => createSlack(secret);

/** Sends plain text to a Slack incoming webhook; its address is a secret. */
export function createSlack(webhookUrl: string): Channel {
  return {
    name: "slack",
    limit: LIMIT,
    widthOf: (character) => (ESCAPES[character] ?? character).length,
    send: async (text) => {
      const answer = await postJson("Slack", webhookUrl, { text: escaped(wellFormed(text)) });
      if (answer.isOk) return;
      // Slack's answers are one word; anything longer is not Slack's.
      const word = /^[a-z_]{1,60}$/.test(answer.body) ? answer.body : "";
      throw refusal("Slack", answer, word, ADVICE[answer.status]);
    },
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}
