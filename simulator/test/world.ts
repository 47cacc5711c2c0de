import { contestants, offeredOf, offeredOptionsOf, plantOf, type Score, Simulation, settingsOf } from "../src/index.ts";

/** For tests: the score of a policy over rates of `stepSeconds` each, as they are. */
export function play(
  policy: string,
  rates: readonly number[],
  stepSeconds: number,
  {
    pairs = [],
    interpolation = "jump" as const,
  }: { pairs?: readonly string[]; interpolation?: "linear" | "jump" } = {},
): Score {
  const kind = contestants.find(({ name }) => name === policy);
  if (kind === undefined) throw new Error(`no policy ${policy}`);
  const settings = settingsOf(["traffic.peak=as-is", "traffic.noiseShare=0", ...pairs]);
  const trace = { name: "t", startSeconds: 0, stepSeconds, rates: Float64Array.from(rates) };
  const offered = offeredOf(trace, offeredOptionsOf(settings, interpolation));
  const simulation = new Simulation(kind, { config: settings.config, plant: plantOf(settings), offered });
  while (simulation.advance(1000));
  return simulation.score();
}
