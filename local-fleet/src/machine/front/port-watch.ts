import type { Clock } from "@compose-fleet/process";
import { messageOf } from "@compose-fleet/process";

export interface PortWatchDeps {
  /** Whether nothing takes connections on this port of this machine. Never rejects. */
  readonly isRefused: (port: number) => Promise<boolean>;
  /** Whether the load balancer itself works: it reaches a target. */
  readonly works: () => boolean;
  /** Starts the load balancer's container again. Idempotent. */
  readonly restart: () => Promise<void>;
  readonly clock: Clock;
  readonly onProblem: (sentence: string) => void;
  readonly signal: AbortSignal;
}

const INTERVAL_MS = 1_000;
const REFUSALS = 4;

/**
 * Watches the published ports of the load balancer until the signal. Under load Docker's proxy of a published port can die while its
 * container lives (moby#45152): every connection is refused then although the fleet is healthy, and only a start of the container
 * publishes the port again. A start that fails is tried again.
 */
export async function watchPorts(deps: PortWatchDeps, ports: readonly number[]): Promise<void> {
  const { clock, signal, onProblem } = deps;
  const refusals = new Map<number, number>();
  let isDown = false;
  while (!signal.aborted) {
    await clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    // One that is just starting, or has no target, need not answer.
    const judged = isDown || deps.works();
    for (const port of ports)
      refusals.set(port, judged && (await deps.isRefused(port)) ? (refusals.get(port) ?? 0) + 1 : 0);
    const lost = ports.find((port) => (refusals.get(port) ?? 0) >= REFUSALS);
    if (lost === undefined || signal.aborted) continue;
    refusals.clear();
    onProblem(
      `the load balancer works but 127.0.0.1:${lost} refused ${REFUSALS} connections in a row, as when Docker's proxy of the port has died: starting its container again`,
    );
    try {
      await deps.restart();
      isDown = false;
    } catch (error) {
      isDown = true;
      if (!signal.aborted) onProblem(`the load balancer could not be started again: ${messageOf(error)}`);
    }
  }
}
