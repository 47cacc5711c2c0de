import type { HeldStep, Override } from "@compose-fleet/policy";
import type { LastAction } from "../act/ports.ts";
import type { DecisionRecord } from "../loop/decision-record.ts";
import { type RefusedRecord, RefusedRecordsError } from "../loop/ports.ts";
import type { PullRecord } from "../releases/ports.ts";
import type { StateStore } from "./state-store.ts";
import { storable } from "./storable.ts";
import { readDecision } from "./stored.ts";

/** State that lives as long as the process: for tests, held to the same contract as DynamoDB's. */
export function createInMemoryState(): StateStore {
  const actions = new Map<string, LastAction>();
  const overrides = new Map<string, Override>();
  const steps = new Map<string, HeldStep>();
  const decisions = new Map<string, DecisionRecord>();
  let pull: { readonly record: PullRecord; readonly fence: number } | undefined;
  return {
    claim: async (action) => {
      const last = actions.get(action.target);
      if (last && last.id !== action.id && last.fence >= action.fence) return "superseded";
      actions.set(action.target, action);
      return "claimed";
    },
    list: async () => [...overrides.values()],
    put: async (override) => void overrides.set(override.id, override),
    remove: async (id) => void overrides.delete(id),
    settleStep: async (signal, step) => {
      const stored = steps.get(signal) ?? step;
      if (stored) steps.set(signal, stored);
      return stored;
    },
    readPull: async () => pull?.record,
    writePull: async (record, fence) => {
      if (pull && pull.fence > fence) return "superseded";
      pull = { record, fence };
      return "written";
    },
    append: async (records) => {
      const refused: RefusedRecord[] = [];
      for (const record of records) {
        const stored = readDecision(storable(record));
        if (stored) decisions.set(stored.id, stored);
        else refused.push({ id: record.id, problem: "it is no decision that could be read again" });
      }
      if (refused.length > 0) throw new RefusedRecordsError(refused);
    },
    between: async ({ sinceMs, untilMs, target }, limit) =>
      [...decisions.values()]
        .filter(({ atMs }) => atMs >= sinceMs && atMs < untilMs)
        .filter((record) => target === undefined || record.target === target)
        .sort((a, b) => b.atMs - a.atMs)
        .slice(0, limit),
    recent: async (_nowMs, limit) => [...decisions.values()].sort((a, b) => b.atMs - a.atMs).slice(0, limit),
  };
}
