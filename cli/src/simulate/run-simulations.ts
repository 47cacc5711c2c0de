import { setImmediate as nextTurn } from "node:timers/promises";
import { InterruptedError, type Progress } from "@compose-fleet/process";
import {
  type ContestantKind,
  contestants,
  type OfferedOptions,
  offeredOf,
  offeredOptionsOf,
  plantOf,
  type Row,
  rowOf,
  type Score,
  type Settings,
  Simulation,
  type Trace,
} from "@compose-fleet/simulator";

/** Between two looks at the clock and at whether somebody wants it to end. */
const TICKS_AT_ONCE = 20_000;

/** What was simulated: the rows in their order, and the scores they were made of. */
export interface Results {
  readonly rows: readonly Row[];
  readonly days: ReadonlyMap<string, number>;
}

export interface RunDeps {
  readonly progress: Progress;
  readonly stop: AbortSignal;
}

/** Runs the policies of these names over each trace. Rejects with `InterruptedError` when told to stop. */
export async function runSimulations(
  traces: AsyncIterable<Trace>,
  names: readonly string[],
  interpolation: OfferedOptions["interpolation"],
  settings: Settings,
  deps: RunDeps,
): Promise<Results> {
  const rows: Row[] = [];
  const days = new Map<string, number>();
  for await (const trace of traces) {
    const offered = offeredOf(trace, offeredOptionsOf(settings, interpolation));
    const setting = { config: settings.config, plant: plantOf(settings), offered };
    const scores = new Map<string, Score>();
    // The oracle is what everybody is compared with, whether it was asked for or not.
    for (const kind of contestants)
      if (names.includes(kind.name) || kind.name === "oracle")
        scores.set(kind.name, await play(kind, new Simulation(kind, setting), trace.name, deps));
    const oracleHours = scores.get("oracle")?.instanceHours ?? 0;
    for (const [policy, score] of scores) {
      days.set(trace.name, score.days);
      if (names.includes(policy))
        rows.push(rowOf({ trace: trace.name, interpolation, policy }, score, oracleHours, settings.knobs.price));
    }
  }
  return { rows, days };
}

async function play(kind: ContestantKind, simulation: Simulation, trace: string, deps: RunDeps): Promise<Score> {
  const step = deps.progress.step(`${trace}, ${kind.name}`);
  while (simulation.advance(TICKS_AT_ONCE)) {
    step.update(`${Math.floor((100 * simulation.done) / simulation.ticks)} %`);
    await nextTurn();
    if (deps.stop.aborted) {
      step.fail("interrupted");
      throw new InterruptedError();
    }
  }
  const score = simulation.score();
  step.done(`${score.violationPercent.toFixed(3)} % lost, ${score.instanceHours.toFixed(0)} instance-hours`);
  return score;
}
