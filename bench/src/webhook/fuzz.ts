import { countOption, jsonFile, readOptions, report, runCommand, say } from "../command.ts";
import { type ActionSeen, SERVICE, STEADY_REPLICAS, WORKERS } from "./fake-world/steady-world.ts";
import { type PayloadWorld, permittedTest, randomPayload } from "./payloads.ts";
import { createRandom } from "./random.ts";
import { createSender } from "./send.ts";
import { startWh } from "./wh-process.ts";

const USAGE = `Usage: npm run fuzz:webhook -- [--json FILE] [--count 100000] [--seed N]

Starts the scaler's bundle as its image does, on a world in which nothing needs to be done, and sends it payloads derived
from Alertmanager's envelopes: broken structure, text, encodings, headers and tokens, with some test alerts among them
that may act. Every action of the scaler is seen at an AWS on loopback.

Prints {"sent","crashes","serverErrors","actions","rssGrowthMb"}; actions leaves out those of the permitted test alerts.
Exit codes: 0 no crash, no 5xx, no such action, memory flat; 1 not so, or failed; 2 wrong usage. A seed repeats its payloads.
`;
const CONNECTIONS = 16;
const PERMITTED_TESTS = 5;
const FLAT_MB = 15;
const [, TESTED] = WORKERS;

await runCommand(USAGE, async (args) => {
  const options = readOptions(args, ["json", "count", "seed"]);
  const file = await jsonFile(options.json);
  const count = countOption("count", options.count, 100_000);
  const seed = countOption("seed", options.seed, 1 + (Date.now() % 999_999_999));
  const random = createRandom(seed);
  say(`Building and starting the scaler (seed ${seed}) ...`);
  const wh = await startWh();
  const sender = createSender(wh.url, CONNECTIONS);
  const world: PayloadWorld = { token: wh.alertsToken, workers: WORKERS, service: SERVICE, nowMs: () => Date.now() };
  const statuses = new Map<string, number>();
  const memory: number[] = [];
  let sent = 0;
  let tests = 0;

  const send = async (shot: Parameters<typeof sender.send>[0]) => {
    const answer = await sender.send(shot);
    const key = "status" in answer ? String(answer.status) : answer.error;
    statuses.set(key, (statuses.get(key) ?? 0) + 1);
    return key;
  };
  /** Payload number `index`; five times in a run a permitted test alert begins, and ends a while later. */
  const shotOf = (index: number) => {
    const phase = Math.floor(count / PERMITTED_TESTS);
    const half = Math.floor(phase / 2);
    if (phase > 1 && index % phase === 0 && tests < PERMITTED_TESTS)
      return permittedTest(world, TESTED, ++tests, "firing");
    if (phase > 1 && index % phase === half) return permittedTest(world, TESTED, tests, "resolved");
    return randomPayload(random, world);
  };
  const sendSome = async () => {
    while (sent < count && wh.ended() === undefined) {
      const index = sent++;
      await send(shotOf(index));
      if (index % Math.ceil(count / 100) === 0) memory.push(await wh.rssMb().catch(() => 0));
      if (index % Math.ceil(count / 10) === 0) say(`${index} of ${count} sent`);
    }
  };

  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, sendSome));
    // What the last payloads may have set off shows within a tick or two.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const actions = await wh.actions();
    const forbidden = actions.filter((action) => !isPermitted(action, tests));
    const failedTicks = wh
      .log()
      .split("\n")
      .filter((line) => line.includes("a tick failed"));
    const figures = {
      sent,
      crashes: wh.ended() === undefined ? 0 : 1,
      serverErrors: [...statuses].reduce((sum, [key, times]) => sum + (/^5/.test(key) ? times : 0), 0),
      actions: forbidden.length,
      rssGrowthMb: Math.round((median(memory.slice(-10)) - median(memory.slice(10, 20))) * 10) / 10,
    };
    await report(figures, file);
    const answers = [...statuses].sort().map(([key, times]) => `${key} × ${times}`);
    say(
      `Answers: ${answers.join(", ")}. ${actions.length - forbidden.length} actions of ${tests} permitted test alerts.`,
    );
    return [
      ...(figures.crashes
        ? [`the scaler ended (${wh.ended()}) near payload ${sent} of seed ${seed}:\n${wh.log().slice(-2000)}`]
        : []),
      ...(figures.serverErrors ? [`${figures.serverErrors} answers of 5xx`] : []),
      ...forbidden.slice(0, 5).map(({ name, detail }) => `an action that nobody may ask for: ${name} ${detail}`),
      ...(figures.rssGrowthMb > FLAT_MB ? [`memory grew by ${figures.rssGrowthMb} MB, flat is up to ${FLAT_MB}`] : []),
      ...(failedTicks.length ? [`${failedTicks.length} ticks failed: ${failedTicks[0]?.slice(0, 500)}`] : []),
      // Otherwise no action would prove nothing.
      ...(tests > 0 && actions.length === forbidden.length ? ["no permitted test alert led to an action"] : []),
    ];
  } finally {
    sender.close();
    await wh.stop();
  }
});

/** A step of a permitted test alert, or its letting go: replicas of the tested worker, never more steps than tests. */
function isPermitted({ name, worker, replicas }: ActionSeen, tests: number): boolean {
  return (
    name === "SendCommand" &&
    worker === TESTED &&
    replicas !== undefined &&
    replicas >= STEADY_REPLICAS &&
    replicas <= STEADY_REPLICAS + tests
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
