import { setImmediate as nextTurn } from "node:timers/promises";
import { InterruptedError, type Progress } from "@compose-fleet/process";
import {
  contestants,
  type Offered,
  type OfferedOptions,
  offeredOf,
  offeredOptionsOf,
  plantOf,
  type ReportedRun,
  type Row,
  rowOf,
  type Score,
  type Settings,
  Simulation,
  type SweptRows,
  type Timeline,
  type Trace,
} from "@compose-fleet/simulator";

/** Between two looks at the clock and at whether somebody wants it to end. */
const TICKS_AT_ONCE = 20_000;

/** What was simulated, in its order. */
export interface Results {
  readonly rows: readonly Row[];
  /** The rows with what happened; empty where that was not to be kept. */
  readonly runs: readonly ReportedRun[];
  readonly days: ReadonlyMap<string, number>;
}

export interface RunDeps {
  readonly progress: Progress;
  /** Whether what happens is kept, for a report. */
  readonly isKept: boolean;
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
  const runs: ReportedRun[] = [];
  const rows: Row[] = [];
  const days = new Map<string, number>();
  for await (const trace of traces)
    for (const { row, timeline, days: scored } of await playAll(trace, names, interpolation, settings, deps)) {
      days.set(trace.name, scored);
      rows.push(row);
      if (timeline !== undefined) runs.push({ row, timeline });
    }
  return { rows, runs, days };
}

/** One set of changes, and what it makes of the settings. */
export interface Variant {
  readonly pairs: readonly string[];
  readonly settings: Settings;
}

/** Runs the policies of these names with every variant over each trace. Rejects with `InterruptedError` when told to stop. */
export async function runSweep(
  traces: AsyncIterable<Trace>,
  names: readonly string[],
  interpolation: OfferedOptions["interpolation"],
  variants: readonly Variant[],
  deps: RunDeps,
): Promise<readonly SweptRows[]> {
  const swept = variants.flatMap(({ pairs }) =>
    contestants
      .filter(({ name }) => names.includes(name))
      .map(({ name }) => ({ policy: name, pairs, rows: [] as Row[] })),
  );
  for await (const trace of traces)
    for (const { pairs, settings } of variants) {
      deps.progress.note(pairs.join(" "));
      for (const { row } of await playAll(trace, names, interpolation, settings, deps))
        swept.find((each) => each.policy === row.policy && each.pairs === pairs)?.rows.push(row);
    }
  return swept;
}

/** The scores of the production policy over each of these. Rejects with `InterruptedError` when told to stop. */
export async function playFleet(
  traffic: readonly Offered[],
  settings: Settings,
  says: string,
  deps: Pick<RunDeps, "progress" | "stop">,
): Promise<readonly Score[]> {
  const kind = contestants.find(({ name }) => name === "fleet");
  if (kind === undefined) throw new RangeError("there is no policy fleet");
  const scores: Score[] = [];
  for (const offered of traffic) {
    const simulation = new Simulation(kind, { config: settings.config, plant: plantOf(settings), offered });
    scores.push((await play(simulation, says, deps)).score);
  }
  return scores;
}

/** The policies of these names over one trace. */
async function playAll(
  trace: Trace,
  names: readonly string[],
  interpolation: OfferedOptions["interpolation"],
  settings: Settings,
  deps: RunDeps,
): Promise<readonly { readonly row: Row; readonly timeline: Timeline | undefined; readonly days: number }[]> {
  const offered = offeredOf(trace, offeredOptionsOf(settings, interpolation));
  const setting = { config: settings.config, plant: plantOf(settings), offered };
  const played = new Map<string, Played>();
  // The oracle is what everybody is compared with, whether it was asked for or not.
  for (const kind of contestants)
    if (names.includes(kind.name) || kind.name === "oracle")
      played.set(kind.name, await play(new Simulation(kind, setting, deps), `${trace.name}, ${kind.name}`, deps));
  const oracleHours = played.get("oracle")?.score.instanceHours ?? 0;
  return [...played].flatMap(([policy, { score, timeline }]) => {
    if (!names.includes(policy)) return [];
    const row = rowOf({ trace: trace.name, interpolation, policy }, score, oracleHours, settings.knobs.price);
    return [{ row, timeline, days: score.days }];
  });
}

/** What is left of a simulation, whose sums over all ticks are large. */
interface Played {
  readonly score: Score;
  readonly timeline: Timeline | undefined;
}

async function play(
  simulation: Simulation,
  says: string,
  { progress, stop }: Pick<RunDeps, "progress" | "stop">,
): Promise<Played> {
  const step = progress.step(says);
  while (simulation.advance(TICKS_AT_ONCE)) {
    step.update(`${Math.floor((100 * simulation.done) / simulation.ticks)} %`);
    await nextTurn();
    if (stop.aborted) {
      step.fail("interrupted");
      throw new InterruptedError();
    }
  }
  const score = simulation.score();
  step.done(`${score.violationPercent.toFixed(3)} % lost, ${score.instanceHours.toFixed(0)} instance-hours`);
  return { score, timeline: simulation.timeline() };
}
