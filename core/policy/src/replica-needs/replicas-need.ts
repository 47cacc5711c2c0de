import { clamp } from "../numbers/bounds.ts";
import { byCpuLimit } from "./by-cpu-limit.ts";
import { byLoad } from "./by-load.ts";
import { byReplicaCpu } from "./by-replica-cpu.ts";
import { bySignal } from "./by-signal.ts";
import type { NeedyReplicas, ReplicaNeed, ReplicaNeedSituation, ReplicaNeedSource } from "./replica-need.ts";

/** Every way to need replicas. A need that comes later binds only where it asks for more. */
export const replicaNeedSources: readonly ReplicaNeedSource[] = [byLoad, byReplicaCpu, bySignal, byCpuLimit];

/** Replicas of one service that one worker needs, within bounds. */
export interface ReplicasNeed {
  /** By what is known; undefined when nothing can be read. */
  readonly needed: number | undefined;
  /** The same with each replica filled to `scaleInShare` at most. */
  readonly roomy: number | undefined;
  /** What cannot be read, in words: the need may be larger. */
  readonly problem: string | undefined;
  /** The name of the need that is the largest. */
  readonly boundBy: string;
  /** For people: what it was computed from, and `needed`. */
  readonly numbers: () => Readonly<Record<string, number | string>>;
}

/** The largest of all needs of one service on one worker. */
export function replicasNeed(situation: ReplicaNeedSituation, target: NeedyReplicas): ReplicasNeed {
  const { scaleInShare } = situation.config.scaling.replicas;
  let binding: { readonly name: string; readonly need: ReplicaNeed; readonly count: number } | undefined;
  let first: { readonly name: string; readonly need: ReplicaNeed } | undefined;
  let roomy: number | undefined;
  let problem: string | undefined;
  for (const { name, of } of replicaNeedSources)
    for (const need of of(situation, target)) {
      first ??= { name, need };
      problem ??= need.problem;
      const count = need.count(1);
      if (count === undefined) continue;
      if (binding === undefined || count > binding.count) binding = { name, need, count };
      roomy = Math.max(roomy ?? 0, need.count(scaleInShare) ?? 0);
    }
  const { min, max } = target.service.replicas;
  const bound = binding ?? first;
  const needed = binding && clamp(binding.count, min, max);
  return {
    needed,
    roomy: roomy === undefined ? undefined : clamp(roomy, min, max),
    problem,
    boundBy: bound?.name ?? "",
    numbers: () => bound?.need.numbers(needed ?? 0) ?? { needed: 0 },
  };
}
