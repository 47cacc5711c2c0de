import { get } from "node:http";
import type { LoadBalancer, WorkerGroup } from "@compose-fleet/emulator";
import type { Clock } from "@compose-fleet/process";

export interface ReadinessDeps {
  readonly workers: WorkerGroup;
  readonly balancer: LoadBalancer;
  readonly clock: Clock;
  /** URL that answers 200 once the scaler is ready; absent without monitoring. */
  readonly whReady: string | undefined;
  /** A sentence once waiting is of no use. */
  readonly failure: () => string | undefined;
  readonly signal: AbortSignal;
}

/** Besides the time that workers are being registered with the load balancer, which is set. */
const DEADLINE_MS = 180_000;
const POLL_MS = 200;

/** Resolves when all desired workers get connections and wh is ready. Throws a sentence when that cannot be or takes too long. */
export async function untilReady(deps: ReadinessDeps): Promise<void> {
  const limitMs = DEADLINE_MS + deps.balancer.rules.registrationLagMs;
  const deadline = deps.clock.nowMs() + limitMs;
  let whReady = deps.whReady === undefined;
  for (;;) {
    deps.signal.throwIfAborted();
    const failure = deps.failure();
    if (failure !== undefined) throw new Error(failure);
    const healthy = deps.balancer.targets().filter((target) => target.state === "healthy").length;
    const desired = deps.workers.group().desired;
    whReady ||= await answersOk(deps.whReady ?? "");
    if (healthy >= desired && whReady) return;
    if (deps.clock.nowMs() > deadline)
      throw new Error(
        `the fleet is not ready after ${limitMs / 1000} s: ${healthy} of ${desired} workers are healthy, wh is ${whReady ? "" : "not "}ready`,
      );
    await deps.clock.sleep(POLL_MS, deps.signal);
  }
}

function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = get(url, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    outgoing.on("timeout", () => outgoing.destroy());
    outgoing.on("error", () => resolve(false));
  });
}
