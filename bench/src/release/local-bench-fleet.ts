import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FleetAtWork } from "@compose-fleet/cli/bring-up";
import { author, followDeps, rollOut } from "@compose-fleet/cli/release";
import { createWhClient } from "@compose-fleet/cli/wh-client";
import type { ConstantLoad } from "@compose-fleet/load";
import { sampleTarget } from "@compose-fleet/load";
import { controlSocketOf, createFaultClient, localFolders } from "@compose-fleet/local-fleet/session";
import { CliError, pollUntil, systemClock } from "@compose-fleet/process";
import { failuresOn } from "../chaos/attribute-failures.ts";
import { readSessions } from "../chaos/balancer-sessions.ts";
import { type PublishDeps, publishVariant } from "./publish-variant.ts";
import type { BenchFleet } from "./run-scenario.ts";
import { runningImages } from "./running-images.ts";
import { watchAnswers } from "./watch-answers.ts";

const POLL_MS = 500;
const REST_LIMIT_MS = 300_000;
const PIN_SECONDS = 3 * 3_600;

/** A local fleet under load as a benchmark of releases needs it. */
export function createLocalBenchFleet(
  deps: PublishDeps,
  { config, fleet, status }: FleetAtWork,
  load: ConstantLoad,
): BenchFleet {
  const { context, place, service } = deps;
  const { runner } = context.machine;
  const wh = createWhClient(fleet.endpoints, fleet.apiToken);
  const follow = followDeps(context, place);
  const killed = new Set<string>();
  let pinned: { readonly id: string; readonly workers: number } | undefined;

  async function pin(workers: number): Promise<void> {
    if (pinned?.workers === workers) return;
    // The old pin goes first, so that there are never two.
    if (pinned !== undefined) await wh.removeOverride(pinned.id);
    pinned = { id: await wh.pinWorkers(workers, PIN_SECONDS), workers };
  }
  async function isAtRest(workers: number): Promise<boolean> {
    const [seen, { workers: targets }] = await Promise.all([wh.status(), status()]);
    if (seen.workers.ready !== workers || seen.workers.desired !== workers || seen.workers.draining > 0) return false;
    if (targets.length !== workers || targets.some(({ target }) => target !== "healthy")) return false;
    if (seen.replicas.some(({ ready, desired }) => ready < desired)) return false;
    return (await follow.deployments.active("workers")).length === 0;
  }

  const failuresSince = (sinceMs: number) => load.failures().filter(({ failedAtMs }) => failedAtMs >= sinceMs);

  return {
    pin,
    rest: async (workers) => {
      await pin(workers);
      const look = async () => (await isAtRest(workers)) || undefined;
      const { stop } = context;
      if (!(await pollUntil(look, { clock: systemClock, everyMs: POLL_MS, limitMs: REST_LIMIT_MS, stop })))
        throw new CliError(`The fleet did not come to rest with ${workers} workers within ${REST_LIMIT_MS / 1000} s.`);
    },
    publish: (variant) => publishVariant(deps, variant),
    rollOut: (revision) => rollOut(follow, { kind: "workers", revision, author: author() }),
    underWay: async () => {
      const [active] = await follow.deployments.active("workers");
      if (active === undefined) return undefined;
      const targets = await follow.deployments.targets(active.id);
      return targets.find((target) => target.status === "InProgress")?.targetId;
    },
    draining: async () => (await wh.status()).workers.draining,
    kill: async (worker) => {
      const { workers } = await status();
      const address = workers.find(({ id }) => id === worker)?.address;
      if (address !== undefined) killed.add(address);
      await createFaultClient(controlSocketOf(context.root, config.name)).start({ name: "kill-worker", worker });
    },
    fillDisk: async () => {
      const [worker] = (await status()).workers;
      if (worker === undefined) throw new CliError("There is no worker whose disk could be full.");
      const { stateDir } = localFolders(context.root, config.name);
      const file = join(stateDir, "workers", worker.id, "worker.env");
      const before = await readFile(file, "utf8");
      // As if the release needed more than any disk has: the check is the same.
      await writeFile(file, `${before}RELEASE_MIN_FREE_MIB='999999999'\n`);
      return () => writeFile(file, before);
    },
    images: () => runningImages(runner, config.name, service),
    counts: load.counts,
    failures: failuresSince,
    failedOnKilled: async (sinceMs) => {
      return failuresOn(killed, failuresSince(sinceMs), await readSessions(runner, config.name, sinceMs - 60_000))
        .length;
    },
    watchAnswers: () => watchAnswers(sampleTarget(config, fleet.endpoints.balancer)),
  };
}
