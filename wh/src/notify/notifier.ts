import { type FleetConfig, type NotifierName, notifierNames } from "@compose-fleet/fleet";
import type { Channel } from "./channel.ts";

/** What every notifier may need, whatever it is called. */
interface NotifierDeps {
  /** Whose news they are. */
  readonly fleet: { readonly name: string; readonly environment: string };
  /** Epoch milliseconds by the machine's clock. */
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly telegramApiUrl?: string;
  /** Hears what people of the fleet should know and cannot be told there. */
  readonly onProblem: (sentence: string) => void;
}

/** Makes the channel of one service for messages, from what `notify.NAME` of fleet.yaml says and its secret. */
export type Notifier<N extends NotifierName> = (
  given: NotifierDeps & { readonly settings: NonNullable<FleetConfig["notify"][N]>; readonly secret: string },
) => Channel;

/** An adapter for each entry of core/fleet's list. */
export type Notifiers = { readonly [N in NotifierName]: Notifier<N> };

export interface NotifierSettings extends NotifierDeps {
  /** `notify` of fleet.yaml. */
  readonly notify: FleetConfig["notify"];
  /** Of those whose secret was handed over. */
  readonly secrets: { readonly [N in NotifierName]?: string };
}

/** The channels that a fleet uses: those that fleet.yaml asks for and whose secret is there, in the list's order. */
export function channelsOf(notifiers: Notifiers, settings: NotifierSettings): readonly Channel[] {
  return notifierNames.map((name) => channelOf(name, notifiers, settings)).filter((channel) => channel !== undefined);
}

function channelOf<N extends NotifierName>(
  name: N,
  notifiers: Notifiers,
  { notify, secrets, ...deps }: NotifierSettings,
): Channel | undefined {
  const settings = notify[name];
  const secret = secrets[name];
  return settings && secret ? notifiers[name]({ ...deps, settings, secret }) : undefined;
}
