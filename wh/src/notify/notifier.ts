import type { FleetConfig } from "@compose-fleet/fleet";
import type { Channel } from "./channel.ts";

/** What a notifier may need. */
export interface NotifierSettings {
  /** `notify` of fleet.yaml. */
  readonly notify: FleetConfig["notify"];
  readonly secrets: { readonly telegramToken?: string; readonly slackWebhookUrl?: string };
  readonly telegramApiUrl?: string;
  /** Hears what people of the fleet should know and cannot be told there. */
  readonly onProblem: (sentence: string) => void;
}

/** Makes the channel of one service for messages; undefined where the fleet does not use it. */
export type Notifier = (settings: NotifierSettings) => Channel | undefined;

/** The channels that a fleet uses. */
export function channelsOf(notifiers: readonly Notifier[], settings: NotifierSettings): readonly Channel[] {
  return notifiers.map((notifier) => notifier(settings)).filter((channel) => channel !== undefined);
}
