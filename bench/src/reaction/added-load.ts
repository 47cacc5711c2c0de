import { type LoadProcess, startLoad } from "@compose-fleet/load";

/** Load that is added at once. */
export interface AddedLoad {
  /** Resolves with the time at which its first request was due, epoch milliseconds. */
  readonly startedAtMs: Promise<number>;
  end(): Promise<void>;
}

const lastsMs = 3_600_000;

/** Starts a generator of its own at a constant rate (requests per second). */
export function addLoad(
  request: { readonly target: string; readonly body: string; readonly timeoutMs: number; readonly maxInFlight: number },
  rps: number,
): AddedLoad {
  let started: (atMs: number) => void = () => {};
  const first = new Promise<number>((resolve) => {
    started = resolve;
  });
  const load: LoadProcess = startLoad(
    { ...request, profile: [{ durationMs: lastsMs, fromRps: rps, toRps: rps }] },
    ({ atMs, elapsedMs }) => started(atMs - elapsedMs + 1000 / rps),
  );
  const startedAtMs = Promise.race([first, load.finished.then(() => first)]);
  // Whoever waits for its end hears of a failure there.
  startedAtMs.catch(() => {});
  return {
    startedAtMs,
    end: async () => {
      load.stop();
      await load.finished;
    },
  };
}
