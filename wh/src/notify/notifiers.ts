import type { Notifier } from "./notifier.ts";
import { slack } from "./slack.ts";
import { telegram } from "./telegram.ts";

/** Every way to reach people: one adapter and one line each. */
export const notifiers: readonly Notifier[] = [telegram, slack];
