import { findNeverServed } from "../group/boot.ts";
import { findDead, othersSay } from "../group/dead.ts";
import { launchWait } from "../group/launches.ts";
import { hold } from "../rules/hold.ts";
import type { Rule } from "../rules/rule.ts";
import { end, grow, growBeside } from "./moves.ts";
import type { WorkersSituation } from "./workers-situation.ts";

export const replaceDead: Rule<WorkersSituation> = {
  name: "replaceDead",
  says: "A worker has died, and the others prove it: replace it. A lone one gets another beside it first.",
  decide: (situation) => {
    const dead = situation.there.leaving === 0 ? findDead(situation) : undefined;
    if (!dead) return undefined;
    const { count, seconds } = dead;
    const { id: worker } = dead.worker;
    const sure = othersSay(situation, dead.worker);
    const silent = { worker, seconds };
    const isWaitedFor = seconds < situation.config.scaling.workers.bootSeconds;
    const more = sure === "dead" && isWaitedFor ? growBeside(situation, { count, worker, seconds }) : undefined;
    if (more) return more;
    if (sure === "dead" || (sure === "alone" && situation.hasNoRoom))
      return end(situation, "replace-worker", worker, { code: "unhealthy", numbers: silent }, !isWaitedFor);
    if (sure !== "alone" || launchWait(situation, situation.group) || mayStillCome(situation)) return undefined;
    return grow(situation, situation.current + 1, { code: "unhealthy-alone", numbers: silent });
  },
};

export const giveUpNeverServed: Rule<WorkersSituation> = {
  name: "giveUpNeverServed",
  says: "A worker was launched and has not served in time: end it if fewer are needed, else replace it.",
  decide: (situation) => {
    const found = situation.there.leaving === 0 ? findNeverServed(situation) : undefined;
    if (!found) return undefined;
    const { config, draining, group } = situation;
    const { id } = found.worker;
    const sure = othersSay(situation, found.worker);
    const numbers = { worker: id, seconds: found.seconds };
    const isSure = sure === "dead" || (sure === "alone" && situation.hasNoRoom);
    const despiteBusy = found.seconds >= 2 * config.scaling.workers.bootSeconds;
    const endBy = (kind: "terminate-worker" | "replace-worker") => ({
      ...end(situation, kind, id, { code: "never-served", numbers }, despiteBusy),
      failedBoot: id,
    });
    // It serves nobody: where fewer are needed it goes at once, whatever failed before.
    if (isSure && isSpare(situation)) return endBy("terminate-worker");
    const wait = sure === "unsure" ? undefined : launchWait(situation, group, id);
    // A drain under way is not held up by it.
    if (wait && draining.length === 0) return hold(situation, wait);
    if (isSure && !wait) return endBy("replace-worker");
    if (sure !== "alone" || found.isGivenUp || wait || mayStillCome(situation)) return undefined;
    const oneMore = grow(situation, situation.current + 1, { code: "never-served-alone", numbers });
    return oneMore && { ...oneMore, failedBoot: id };
  },
};

/** Whether what was launched for a lone worker may still be on its way: one is enough. */
function mayStillCome({ there }: WorkersSituation): boolean {
  return there.unfilled > 0 || there.booting > 0;
}

/** Whether the load, as far as all of it can be read, needs one worker fewer. */
function isSpare({ breakerOpen, capacity, min, need, wanted }: WorkersSituation): boolean {
  return capacity > min && wanted < capacity && need.workers !== undefined && !breakerOpen;
}
