import { hold } from "../rules/hold.ts";
import type { LastRule, Rule } from "../rules/rule.ts";
import { WORKERS, type WorkersSituation } from "./workers-situation.ts";

/** The window starts anew: nothing was watched in this tick. */
export const unreadable: LastRule<{ readonly problem: string }> = {
  name: "unreadable",
  says: "The group cannot be read: hold.",
  decide: ({ problem }) => ({
    decision: {
      kind: "hold",
      target: { kind: "workers" },
      current: 0,
      reason: { code: "group-unreadable", numbers: { problem } },
    },
    window: undefined,
  }),
};

export const inFlight: Rule<WorkersSituation> = {
  name: "inFlight",
  says: "An action on the group is under way: wait until it ends.",
  decide: (situation) =>
    situation.inFlight.has(WORKERS)
      ? hold(situation, { code: "settling", numbers: { commanded: situation.current } })
      : undefined,
};
