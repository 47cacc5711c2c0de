/** What an active alert asks for. Only two kinds of alert ask anything by themselves: everything else only wakes the loop. */
export interface Signal {
  /** `signalId`: one signal is one step, however often it is repeated. */
  readonly id: string;
  readonly kind: "test" | "alert";
  readonly scale: "containers" | "instances";
  readonly direction: "up" | "down";
  /** Unset: every service. */
  readonly service?: string;
  /** Unset: every worker. */
  readonly worker?: string;
}

/** The same for every repeat, duplicate and copy of one alert that began at `startsAtMs`, epoch ms. */
export function signalId(fingerprint: string, startsAtMs: number): string {
  return `${fingerprint}@${startsAtMs}`;
}
