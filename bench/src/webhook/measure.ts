import { countOption, jsonFile, readOptions, report, runCommand, say } from "../command.ts";
import { envelopeOf, randomChoices } from "./envelope.ts";
import { SERVICE, WORKERS } from "./fake-world/steady-world.ts";
import { openLoop, percentile } from "./open-loop.ts";
import { createRandom } from "./random.ts";
import { createSender, type Shot } from "./send.ts";
import { startWh } from "./wh-process.ts";

const USAGE = `Usage: npm run bench:webhook -- [--json FILE] [--rate 500] [--seconds 20]

Starts the scaler's bundle as its image does, with an AWS and a Prometheus on loopback, and sends it notifications at a
constant rate, whatever becomes of earlier ones. Latency counts from when a request was due.

Prints {"ratePerSecond","p50Ms","p99Ms","rssMb","failed"}. rssMb is the largest resident memory seen.
Exit codes: 0 targets met (none failed, p99 20 ms or less, memory under 120 MB), 1 missed or failed, 2 wrong usage.
`;
const P99_MS = 20;
const RSS_MB = 120;
const WARM_UP = 1000;
const CONNECTIONS = 32;

await runCommand(USAGE, async (args) => {
  const options = readOptions(args, ["json", "rate", "seconds"]);
  const file = await jsonFile(options.json);
  const rate = countOption("rate", options.rate, 500);
  const seconds = countOption("seconds", options.seconds, 20);
  say("Building and starting the scaler ...");
  const wh = await startWh();
  const sender = createSender(wh.url, CONNECTIONS);
  let rssMb = 0;
  const look = setInterval(() => {
    wh.rssMb().then(
      (now) => {
        rssMb = Math.max(rssMb, now);
      },
      () => {},
    );
  }, 500);
  try {
    const shots = shotsOf(wh.alertsToken);
    const deps = {
      nowMs: () => performance.now(),
      sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
      send: async (index: number) => {
        const answer = await sender.send(shots[index % shots.length] as Shot);
        return "status" in answer && answer.status === 202;
      },
    };
    await openLoop(deps, WARM_UP, rate);
    say(`Sending ${rate} notifications a second for ${seconds} s ...`);
    const cpuBefore = await cpuSeconds(wh.url);
    const result = await openLoop(deps, rate * seconds, rate);
    rssMb = Math.max(rssMb, await wh.rssMb());
    const figures = {
      ratePerSecond: Math.round((result.latenciesMs.length + result.failed) / (result.elapsedMs / 1000)),
      p50Ms: rounded(percentile(result.latenciesMs, 0.5)),
      p99Ms: rounded(percentile(result.latenciesMs, 0.99)),
      rssMb: rounded(rssMb),
      failed: result.failed,
    };
    await report(figures, file);
    const cpuMs = ((await cpuSeconds(wh.url)) - cpuBefore) * 1000;
    say(
      `The scaler took ${rounded(cpuMs / (rate * seconds))} ms of CPU for each, its loop included. The sender was at most ${rounded(result.maxLagMs)} ms late: where that is much, the machine is too busy for this measurement.`,
    );
    return [
      ...(figures.failed > 0 ? [`${figures.failed} notifications failed`] : []),
      ...(figures.p99Ms <= P99_MS ? [] : [`p99 is ${figures.p99Ms} ms, the target ${P99_MS} ms`]),
      ...(figures.rssMb < RSS_MB ? [] : [`memory reached ${figures.rssMb} MB, the target is under ${RSS_MB} MB`]),
    ];
  } finally {
    clearInterval(look);
    sender.close();
    await wh.stop();
  }
});

/** A thousand different notifications of ordinary alerts. */
function shotsOf(token: string): Shot[] {
  const random = createRandom(1);
  const world = { workers: WORKERS, service: SERVICE, nowMs: Date.now() };
  return Array.from({ length: 1000 }, () => ({
    path: "/alerts",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(envelopeOf(randomChoices(random, world)))),
  }));
}

/** CPU time that the scaler has used so far, by its own metrics. */
async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
