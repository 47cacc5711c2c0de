import {
  contestants,
  offeredOf,
  offeredOptionsOf,
  plantOf,
  type Score,
  Simulation,
  settingsOf,
  type Timeline,
} from "../src/index.ts";

interface PlayOptions {
  readonly pairs?: readonly string[];
  readonly interpolation?: "linear" | "jump";
}

/** For tests: the score of a policy over rates of `stepSeconds` each, as they are. */
export function play(policy: string, rates: readonly number[], stepSeconds: number, options: PlayOptions = {}): Score {
  return kept(policy, rates, stepSeconds, options).score;
}

/** The same, with what happened. */
export function kept(
  policy: string,
  rates: readonly number[],
  stepSeconds: number,
  { pairs = [], interpolation = "jump" }: PlayOptions = {},
): { readonly score: Score; readonly timeline: Timeline } {
  const kind = contestants.find(({ name }) => name === policy);
  if (kind === undefined) throw new Error(`no policy ${policy}`);
  const settings = settingsOf(["traffic.peak=as-is", "traffic.noiseShare=0", ...pairs]);
  const trace = { name: "t", startSeconds: 0, stepSeconds, rates: Float64Array.from(rates) };
  const offered = offeredOf(trace, offeredOptionsOf(settings, interpolation));
  const setting = { config: settings.config, plant: plantOf(settings), offered };
  const simulation = new Simulation(kind, setting, { isKept: true });
  while (simulation.advance(1000));
  const timeline = simulation.timeline();
  if (timeline === undefined) throw new Error("nothing was kept");
  return { score: simulation.score(), timeline };
}
