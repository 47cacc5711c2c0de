import type { WhClient } from "@compose-fleet/cli/wh-client";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import { CliError, pollUntil } from "@compose-fleet/process";
import type { FleetSnapshot } from "@compose-fleet/wh-api";

/** What a cycle does with a worker more than the fleet rests at: drain it to the end, or take it back while it drains. */
export type CycleKind = "scale-in" | "cancelled drain";

/** What `--json` writes, one per cycle. */
export interface CycleResult {
  readonly kind: CycleKind;
  readonly sent: number;
  readonly failed: number;
  /** How long the cycle took. */
  readonly seconds: number;
}

export interface CycleDeps {
  readonly wh: Pick<WhClient, "status" | "pinWorkers" | "removeOverride">;
  readonly cloud: () => Promise<Pick<LocalFleetStatus, "workers">>;
  /** Requests that were due, and that failed, since the load began. */
  readonly counts: () => { readonly sent: number; readonly failed: number };
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly stop: AbortSignal;
  readonly update: (text: string) => void;
}

const pollMs = 300;
const stageLimitMs = 120_000;
const pinSeconds = 3_600;

/**
 * One cycle under load: from `rest` workers to one more and back, the last by a drain that ends, or that is cancelled first.
 * Throws `CliError` when a stage does not come within two minutes.
 */
export async function runCycle(deps: CycleDeps, kind: CycleKind, rest: number): Promise<CycleResult> {
  const { wh, nowMs } = deps;
  const startedAtMs = nowMs();
  const before = deps.counts();
  let pin: string | undefined;

  async function pinTo(workers: number): Promise<void> {
    const former = pin;
    // The old pin goes first, so that there are never two.
    if (former !== undefined) await wh.removeOverride(former);
    pin = await wh.pinWorkers(workers, pinSeconds);
  }
  async function until(words: string, reached: (fleet: FleetSnapshot) => boolean | Promise<boolean>): Promise<void> {
    deps.update(words);
    const look = async () => (await reached(await wh.status())) || undefined;
    if (!(await pollUntil(look, { clock: deps, everyMs: pollMs, limitMs: stageLimitMs, stop: deps.stop })))
      throw new CliError(`The ${kind} did not get to "${words}" within ${stageLimitMs / 1000} s.`);
  }
  const serves = async (fleet: FleetSnapshot, workers: number) => {
    if (fleet.workers.ready !== workers || fleet.workers.desired !== workers || fleet.workers.draining > 0)
      return false;
    const { workers: targets } = await deps.cloud();
    return targets.length === workers && targets.every(({ target }) => target === "healthy");
  };

  try {
    await pinTo(rest + 1);
    await until(`${rest + 1} workers serve`, (fleet) => serves(fleet, rest + 1));
    await pinTo(rest);
    await until("one drains", ({ workers }) => workers.draining > 0);
    if (kind === "cancelled drain") {
      await pinTo(rest + 1);
      await until("the drain is taken back", (fleet) => serves(fleet, rest + 1));
    } else await until(`${rest} workers serve`, (fleet) => serves(fleet, rest));
  } finally {
    if (pin !== undefined) await wh.removeOverride(pin);
  }
  const { sent, failed } = deps.counts();
  return {
    kind,
    sent: sent - before.sent,
    failed: failed - before.failed,
    seconds: Math.round((nowMs() - startedAtMs) / 100) / 10,
  };
}
