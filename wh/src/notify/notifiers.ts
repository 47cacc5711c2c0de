import type { Notifiers } from "./notifier.ts";
import { slack } from "./slack.ts";
import { telegram } from "./telegram.ts";
import { webhook } from "./webhook.ts";

/** Every way to reach people: one adapter for each entry of the list in core/fleet/src/notifiers.ts. */
export const notifiers: Notifiers = { telegram, slack, webhook };
