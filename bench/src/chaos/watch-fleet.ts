import { InterruptedError, messageOf, pollUntil } from "@compose-fleet/process";
import type { RecordedDecision } from "@compose-fleet/wh-api";
import { notAtTarget } from "./at-target.ts";
import type { RunDeps, RunOptions } from "./chaos-fleet.ts";

export const pollMs = 500;
/** At its target for this long, the fleet is there to stay. */
const settledMs = 3_000;

/** What was seen since `begin`. */
export interface Seen {
  readonly decisions: readonly RecordedDecision[];
  /** Every number of workers that the group wanted. */
  readonly desired: ReadonlySet<number>;
  /** How many workers served, look by look. */
  readonly serving: readonly number[];
  /** When the victim's target was first seen unhealthy, epoch milliseconds. */
  readonly unhealthyAtMs: number | undefined;
}

/** Looks at a fleet from outside and remembers what it saw. */
export interface FleetWatch {
  /** Forgets what was seen; from now on `victim` is looked at, too. */
  begin(victim: string | undefined): void;
  /** Looks once; returns what is missing to the target. Throws `InterruptedError` once told to stop. */
  look(): Promise<string | undefined>;
  /** When the fleet came to its target to stay there for a while, epoch milliseconds; undefined when it did not in time. */
  untilAtTarget(limitMs: number, words: string): Promise<number | undefined>;
  seen(): Seen;
}

export function watchFleet(deps: RunDeps, { services }: Pick<RunOptions, "services">): FleetWatch {
  const { fleet, nowMs } = deps;
  const decisions = new Map<string, RecordedDecision>();
  const desired = new Set<number>();
  const serving: number[] = [];
  let unhealthyAtMs: number | undefined;
  let victim: string | undefined;

  async function look(): Promise<string | undefined> {
    if (deps.stop.aborted) throw new InterruptedError();
    const cloud = await fleet.status();
    desired.add(cloud.group.desired);
    serving.push(cloud.workers.filter(({ state, target }) => state === "running" && target === "healthy").length);
    if (victim !== undefined && unhealthyAtMs === undefined) {
      const hit = cloud.workers.find(({ id }) => id === victim);
      if (hit?.target !== "healthy") unhealthyAtMs = nowMs();
    }
    try {
      const [snapshot, recorded] = await Promise.all([fleet.wh.status(), fleet.wh.decisions(500)]);
      for (const decision of recorded) decisions.set(decision.id, decision);
      return notAtTarget(cloud, snapshot, services, nowMs());
    } catch (error) {
      return messageOf(error);
    }
  }

  return {
    look,
    begin: (worker) => {
      desired.clear();
      serving.length = 0;
      decisions.clear();
      victim = worker;
    },
    untilAtTarget: (limitMs, words) => {
      let sinceMs: number | undefined;
      const settled = async () => {
        const missing = await look();
        const seenAtMs = nowMs();
        sinceMs = missing === undefined ? (sinceMs ?? seenAtMs) : undefined;
        if (sinceMs !== undefined && seenAtMs - sinceMs >= settledMs) return sinceMs;
        deps.update(`${words}${missing === undefined ? "" : `: ${missing}`}`);
        return undefined;
      };
      return pollUntil(settled, { clock: deps, everyMs: pollMs, limitMs: limitMs + settledMs, stop: deps.stop });
    },
    seen: () => ({ decisions: [...decisions.values()], desired, serving, unhealthyAtMs }),
  };
}
