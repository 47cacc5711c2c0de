import type { FleetConfig } from "@compose-fleet/fleet";
import {
  type DecideInput,
  type DecideOutput,
  emptyMemory,
  type Limit,
  type Memory,
  type Observation,
  type Override,
  type Signal,
  withoutCommands,
} from "@compose-fleet/policy";
import type { Actuator } from "../act/actuator.ts";
import { withoutDryRuns } from "../act/dry-run.ts";
import type { Clock } from "../runtime/clock.ts";
import { recordOf } from "./decision-record.ts";
import type { Listener } from "./listener.ts";
import type { TickResult } from "./tick-result.ts";

export interface TickDeps {
  readonly config: FleetConfig;
  readonly clock: Clock;
  readonly observe: () => Promise<Observation>;
  /** The policy: which steps the signals would take, and what is done once they are settled. */
  readonly proposeSteps: (input: DecideInput) => Memory["steps"];
  readonly decide: (input: DecideInput) => DecideOutput;
  readonly actuator: Actuator;
  readonly sources: {
    /** Ids of the receipts that this tick answers. */
    readonly takeReceipts: (tick: number) => readonly string[];
    readonly signals: () => readonly Signal[];
    /** Their ends by the monotonic clock, as all times that the policy compares. */
    readonly overrides: () => Promise<readonly Override[]>;
    /** What schedules and the budget say, by the same clock. */
    readonly limits: () => readonly Limit[];
    /** What the demand was before this scaler started. */
    readonly history: () => DecideInput["history"];
    readonly newId: () => string;
    readonly isStandby: () => boolean;
    /** The steps as all scalers hold them, settled before any is taken; the same object when nothing differs. Never throws. */
    readonly settleSteps: (steps: Memory["steps"]) => Promise<Memory["steps"]>;
  };
  /** Called when a tick has decided, before its actions end, and for each outcome. */
  readonly listener: Required<Listener>;
  /** Nothing is carried out, so nothing is remembered as commanded. */
  readonly hold: boolean;
}

/** observe → propose and settle steps → decide once → pre-flight → act → record. Actions run on after the tick. */
export function createTick(deps: TickDeps): () => Promise<TickResult> {
  const { config, clock, actuator, sources, listener } = deps;
  let memory: Memory = emptyMemory(clock.monotonicMs());
  let number = 0;

  return async () => {
    number++;
    const startedAtMs = clock.monotonicMs();
    const receipts = sources.takeReceipts(number);
    const [observation, overrides] = await Promise.all([deps.observe(), sources.overrides()]);
    const atMs = clock.nowMs();
    const signals = sources.signals();
    const inFlight = actuator.inFlight();
    const history = sources.history();
    const limits = sources.limits();
    const input: DecideInput = { config, observation, signals, overrides, limits, memory, inFlight, history };
    const isStandby = sources.isStandby();
    const proposed = deps.proposeSteps(input);
    const steps = deps.hold || isStandby ? proposed : await sources.settleSteps(proposed);
    const output = deps.decide({ ...input, memory: { ...memory, steps } });
    // A standby keeps the windows warm, so that it can go on at once; what was commanded it does not know.
    const isHeld = deps.hold || isStandby;
    memory = isHeld ? withoutCommands(output.memory) : withoutDryRuns(output.memory, config);

    const records = output.decisions.map((decision) =>
      recordOf(decision, { id: sources.newId(), number, atMs, receipts }),
    );
    const tookMs = clock.monotonicMs() - startedAtMs;
    const result: TickResult = {
      number,
      atMs,
      tookMs,
      observation,
      signals,
      overrides,
      limits,
      decisions: output.decisions,
      receipts,
      records,
      memory,
      lasting: output.lasting,
      leaving: output.leaving,
      isStandby,
    };
    listener.onTick(result);
    if (isStandby) return result;
    for (const [index, decision] of output.decisions.entries()) {
      const record = records[index];
      if (decision.kind === "hold" || !record) continue;
      // Not awaited: a command on a worker takes seconds, and the loop must go on watching.
      void actuator.submit(decision, record.id, observation).then((outcome) => listener.onOutcome(record, outcome));
    }
    return result;
  };
}
