export interface SeenDeps {
  /** Of the scaler: an entry per worker and service. */
  readonly status: () => Promise<{ readonly replicas: readonly { readonly ready: number }[] }>;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly stop: AbortSignal;
}

/** The scaler's first look and a scrape take seconds; what takes longer is the status' to tell. */
const limitMs = 30_000;
const pollMs = 500;

/** Waits until the scaler sees a replica of each service, or half a minute. Whether it does. Never rejects: its silence is no reason to end a fleet. */
export async function untilSeen({ status, nowMs, sleep, stop }: SeenDeps): Promise<boolean> {
  for (const startedAtMs = nowMs(); nowMs() - startedAtMs < limitMs && !stop.aborted; await sleep(pollMs)) {
    const replicas = await status().then(
      (fleet) => fleet.replicas,
      () => [],
    );
    if (replicas.length > 0 && replicas.every(({ ready }) => ready > 0)) return true;
  }
  return false;
}
