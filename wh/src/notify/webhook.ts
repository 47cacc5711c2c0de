import { createHmac } from "node:crypto";
import { wellFormed } from "../text/code-points.ts";
import type { Channel } from "./channel.ts";
import type { Notifier } from "./notifier.ts";
import { postJson, refusal } from "./post-json.ts";

/** Receivers have no common limit; most take bodies of this size. */
const LIMIT = 16_000;

const ADVICE: Readonly<Record<number, string>> = {
  401: "The receiver does not take the signature: give it the secret WEBHOOK_SECRET",
  403: "The receiver does not take the signature: give it the secret WEBHOOK_SECRET",
  404: "Look whether notify.webhook.url of fleet.yaml is the receiver's address",
  410: "The receiver is gone: write its new address to notify.webhook.url of fleet.yaml",
};

export interface WebhookOptions {
  readonly url: string;
  /** The key of the signature. */
  readonly secret: string;
  readonly fleet: { readonly name: string; readonly environment: string };
  /** Epoch milliseconds by the machine's clock. */
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** A receiver of the user's own: the secret is the key of the signature. */
export const webhook: Notifier<"webhook"> = ({ settings, secret, fleet, nowMs, newId }) =>
  createWebhook({ url: settings.url, secret, fleet, nowMs, newId });

/**
 * Posts `{version, id, sentAt, fleet, environment, text}` as JSON. `x-fleet-signature` is `sha256=` and the HMAC-SHA256 of the body's bytes, in hex.
 * A message that is tried again keeps its id, so that a receiver can leave out what it had already; `sentAt` is of each try.
 */
export function createWebhook({ url, secret, fleet, nowMs, newId }: WebhookOptions): Channel {
  let failed: { readonly text: string; readonly id: string } | undefined;
  const sign = (body: string) => ({
    "x-fleet-signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  });
  return {
    name: "webhook",
    limit: LIMIT,
    send: async (text) => {
      const id = failed?.text === text ? failed.id : newId();
      failed = { text, id };
      const { name, environment } = fleet;
      const sentAt = new Date(nowMs()).toISOString();
      const message = { version: 1, id, sentAt, fleet: name, environment, text: wellFormed(text) };
      const answer = await postJson("The webhook", url, message, sign);
      // What it says may hold anything; its status is enough.
      if (!answer.isOk) throw refusal("The webhook", answer, "", ADVICE[answer.status]);
      failed = undefined;
    },
  };
}
