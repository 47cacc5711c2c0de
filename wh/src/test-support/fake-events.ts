import type { EventQueue, QueuedEvent } from "../notices/ports.ts";
import type { FakeClock } from "./fake-clock.ts";

export const HOME = { account: "123456789012", region: "eu-central-1" };
const HIDDEN_MS = 30_000;
const WAIT_MS = 20_000;

/** The text of an event about a machine, as EventBridge sends it at the clock's time. */
export function machineEvent(
  clock: Pick<FakeClock, "nowMs">,
  instance: string,
  kind: "interruption" | "rebalance" = "interruption",
  change: object = {},
): string {
  return JSON.stringify({
    source: "aws.ec2",
    "detail-type":
      kind === "interruption" ? "EC2 Spot Instance Interruption Warning" : "EC2 Instance Rebalance Recommendation",
    ...HOME,
    time: new Date(clock.nowMs()).toISOString(),
    detail: { "instance-id": instance, "instance-action": "terminate" },
    ...change,
  });
}

/** A queue that hides what it gives for half a minute, as the real one does. */
export function createFakeEvents(clock: FakeClock) {
  const messages = new Map<string, { body: string; visibleAtMs: number }>();
  let ids = 0;
  const queue = {
    /** Why it cannot be read; undefined when it can. */
    problem: undefined as string | undefined,
    receives: 0,
    send: (body: string) => void messages.set(`m-${++ids}`, { body, visibleAtMs: clock.monotonicMs() }),
    /** How many lie in it, hidden or not. */
    size: () => messages.size,
    receive: async (signal: AbortSignal) => {
      queue.receives++;
      const untilMs = clock.monotonicMs() + WAIT_MS;
      while (!signal.aborted) {
        if (queue.problem !== undefined) throw new Error(queue.problem);
        const nowMs = clock.monotonicMs();
        const events: QueuedEvent[] = [];
        for (const [id, message] of messages)
          if (message.visibleAtMs <= nowMs) {
            message.visibleAtMs = nowMs + HIDDEN_MS;
            events.push({ body: message.body, handle: `${id}/${++ids}` });
          }
        if (events.length > 0 || nowMs >= untilMs) return { home: HOME, events };
        await new Promise<void>((resolve) => {
          const end = () => {
            signal.removeEventListener("abort", end);
            resolve();
          };
          clock.after(500, end);
          signal.addEventListener("abort", end);
        });
      }
      throw new Error("aborted");
    },
    remove: async (handles: readonly string[]) => {
      for (const handle of handles) messages.delete(handle.split("/")[0] ?? "");
    },
  };
  return queue satisfies EventQueue;
}
