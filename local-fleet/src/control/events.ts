/** What the local fleet reports while it starts, runs and stops; each is one NDJSON line on the daemon's standard output. */
export type FleetEvent =
  | {
      readonly type: "step";
      readonly step: string;
      readonly state: "started" | "done" | "failed";
      readonly seconds?: number;
    }
  | {
      readonly type: "worker";
      readonly worker: string;
      readonly state: "launched" | "serving" | "shutting-down" | "terminated";
    }
  | { readonly type: "problem"; readonly message: string }
  | { readonly type: "ready"; readonly seconds: number }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "stopped" };

export type OnEvent = (event: FleetEvent) => void;

/** Reports a step around some work. Rejects as the work does. */
export async function step<Result>(
  onEvent: OnEvent,
  now: () => number,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedAtMs = now();
  const seconds = () => Math.round(now() - startedAtMs) / 1000;
  onEvent({ type: "step", step: name, state: "started" });
  try {
    const result = await work();
    onEvent({ type: "step", step: name, state: "done", seconds: seconds() });
    return result;
  } catch (error) {
    onEvent({ type: "step", step: name, state: "failed", seconds: seconds() });
    throw error;
  }
}
