import type { FleetConfig } from "@compose-fleet/fleet";
import { CliError, type Clock, pollUntil } from "@compose-fleet/process";
import type { WhApi } from "@compose-fleet/wh-api";

export interface FewestDeps {
  readonly scaler: Pick<WhApi, "status" | "addOverride" | "removeOverride">;
  readonly config: Pick<FleetConfig, "workers" | "services">;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly update: (text: string) => void;
}

/** Overrides end by themselves after this, should nobody be left to end them. */
const PIN_SECONDS = 1_200;
const BY = "fleet local measure";
const POLL_MS = 500;
/** A worker that leaves drains first. */
const LIMIT_MS = 240_000;
/** Looks in a row by which the fleet is at rest. */
const LOOKS = 4;

/**
 * Does the work while the fleet has as few replicas of a service as its file permits, and gives the scaler its numbers back, however the work ends. The
 * work hears how many there are in the whole fleet. A scaler that is held changes nothing: what runs is measured. Rejects with `CliError` where the
 * fleet does not follow.
 */
export async function withFewestReplicas<T>(
  deps: FewestDeps,
  service: string,
  work: (replicas: number) => Promise<T>,
): Promise<T> {
  const { scaler, config } = deps;
  const before = await scaler.status();
  if (before.hold) return work(await atRest(deps, service, undefined));
  if (before.dryRun.fleet || before.dryRun.services.includes(service))
    throw new CliError(
      `The scaler only says what it would do with ${service} (dryRun), so it sets no replicas: remove dryRun.`,
    );
  const workers = config.workers.min;
  const replicas = config.services[service]?.replicas.min ?? 1;
  const asked = { forSeconds: PIN_SECONDS, by: BY, reason: `the capacity of ${service} is measured` };
  const pins: string[] = [];
  try {
    pins.push((await scaler.addOverride({ kind: "pin-workers", workers, ...asked })).id);
    pins.push((await scaler.addOverride({ kind: "pin-replicas", service, replicas, ...asked })).id);
    return await work(await atRest(deps, service, { workers, replicas }));
  } finally {
    for (const pin of pins) await scaler.removeOverride(pin, BY);
  }
}

/** Waits until the fleet has had these numbers for a while (undefined: any that stay); returns the replicas of the service in all. */
async function atRest(
  { scaler, clock, stop, update }: FewestDeps,
  service: string,
  wanted: { readonly workers: number; readonly replicas: number } | undefined,
): Promise<number> {
  let looks = 0;
  let last: number | undefined;
  const look = async () => {
    const { members } = await scaler.status();
    const counts = members
      .filter(({ state }) => state === "in-service")
      .map(({ services }) => services[service]?.replicasReady ?? 0);
    const isMoving = members.some(({ state, draining }) => draining || state === "pending" || state === "terminating");
    const total = counts.reduce((sum, count) => sum + count, 0);
    const isThere =
      wanted === undefined
        ? total === last && total > 0
        : counts.length === wanted.workers && counts.every((count) => count === wanted.replicas);
    update(`${counts.length} workers with ${total} replicas`);
    looks = isThere && !isMoving ? looks + 1 : 0;
    last = total;
    return looks >= LOOKS ? total : undefined;
  };
  const found = await pollUntil(look, { clock, everyMs: POLL_MS, limitMs: LIMIT_MS, stop });
  if (found !== undefined) return found;
  throw new CliError(
    `The fleet has not come to ${wanted === undefined ? "rest" : `${wanted.workers} workers with ${wanted.replicas} replicas of ${service} each`} within ${LIMIT_MS / 1000} s: npx fleet explain says why.`,
  );
}
