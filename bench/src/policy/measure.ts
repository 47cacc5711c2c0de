import { decide, emptyMemory, type Memory } from "@compose-fleet/policy";
import { countOption, jsonFile, readOptions, report, runCommand, say } from "../command.ts";
import { percentile } from "../webhook/open-loop.ts";
import { largeFleet, lookAtLargeFleet } from "./large-fleet.ts";

const USAGE = `Usage: npm run bench:policy -- [--json FILE] [--ticks 60] [--foresight on|off]

Times the policy's decide for 10, 100, 1,000 and 10,000 workers with five services each, on observations that are there already.

Prints [{"workers","services","decideMsP50","decideMsP99"}].
Exit codes: 0 targets met (p99 under 50 ms at 10,000 workers, no worse than linear), 1 missed or failed, 2 wrong usage.
`;
const SIZES = [10, 100, 1_000, 10_000] as const;
const SERVICES = 5;
const P99_MS = 50;
/** Ten times as many may take this much more than ten times as long. */
const LINEAR_SLACK = 1.5;
/** Small fleets are done before anything is compiled. */
const WARM_UP_MS = 300;
/** Long enough that the windows are full. */
const TICK_MS = 15_000;

interface Figures {
  readonly workers: number;
  readonly services: number;
  readonly decideMsP50: number;
  readonly decideMsP99: number;
}

await runCommand(USAGE, async (args) => {
  const options = readOptions(args, ["json", "ticks", "foresight"]);
  const file = await jsonFile(options.json);
  const ticks = countOption("ticks", options.ticks, 60);
  const foresees = options.foresight !== "off";
  const figures = SIZES.map((workers) => {
    say(`Deciding for ${workers} workers ...`);
    return measure(workers, ticks, foresees);
  });
  await report(figures, file);
  return missedOf(figures);
});

function measure(workers: number, ticks: number, foresees: boolean): Figures {
  const config = largeFleet(workers, SERVICES, foresees);
  let memory: Memory = emptyMemory(0);
  let atMs = 0;
  const tick = (): number => {
    atMs += TICK_MS;
    const observation = lookAtLargeFleet(atMs, workers, SERVICES);
    const startedMs = performance.now();
    const output = decide({ config, observation, signals: [], overrides: [], memory, inFlight: new Set() });
    const tookMs = performance.now() - startedMs;
    memory = output.memory;
    return tookMs;
  };
  const warmUntilMs = performance.now() + WARM_UP_MS;
  // The windows of containers are ten minutes long.
  for (let count = 0; count < 45 || performance.now() < warmUntilMs; count++) tick();
  const tookMs = Array.from({ length: ticks }, tick);
  return {
    workers,
    services: SERVICES,
    decideMsP50: rounded(percentile(tookMs, 0.5)),
    decideMsP99: rounded(percentile(tookMs, 0.99)),
  };
}

function missedOf(figures: readonly Figures[]): readonly string[] {
  const largest = figures.at(-1);
  const tooSlow =
    largest && largest.decideMsP99 >= P99_MS
      ? [`p99 at ${largest.workers} workers is ${largest.decideMsP99} ms, the target is under ${P99_MS} ms`]
      : [];
  const bent = figures.flatMap(({ workers, decideMsP50 }, index) => {
    const smaller = figures[index - 1];
    if (smaller === undefined) return [];
    const most = LINEAR_SLACK * (workers / smaller.workers) * smaller.decideMsP50;
    return decideMsP50 <= most
      ? []
      : [
          `${workers} workers take ${decideMsP50} ms, more than linear from ${smaller.decideMsP50} ms at ${smaller.workers}`,
        ];
  });
  return [...tooSlow, ...bent];
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
