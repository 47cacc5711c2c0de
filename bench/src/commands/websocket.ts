import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FleetAtWork, withLocalFleet } from "@compose-fleet/cli/bring-up";
import { type LocalOptions, parseCount, pathOption, withLocalOptions } from "@compose-fleet/cli/options";
import type { CliContext } from "@compose-fleet/cli/run";
import { reportFile } from "@compose-fleet/files";
import type { LocalFolders } from "@compose-fleet/local-fleet/session";
import { CliError, pollUntil, systemClock } from "@compose-fleet/process";
import { createWhApi, createWhApiPair, type WhApi } from "@compose-fleet/wh-api";
import { Command, Option } from "commander";
import { stringify } from "yaml";
import { type Crowd, createCrowd } from "../websocket/crowd.ts";
import { brokenPromises, scaleInResult, type WebSocketResult } from "../websocket/result.ts";

interface BenchOptions extends LocalOptions {
  readonly json?: string;
  readonly connections: number;
}

const help = `
Examples:
  npm run bench:websocket -- --json websocket.json
  npm run bench:websocket -- --connections 200

Exit codes:
  0    no connection ended at the scale-out, and at the scale-in those of leaving replicas only, all told to leave before
  1    a promise was broken, or something failed
  2    something is missing on this machine, or a usage error
  130  interrupted; nothing is left behind`;

const SERVICE = "service-a";
const FEW = 2;
const MANY = 4;
const POLL_MS = 500;
const LIMIT_MS = 120_000;
/** How long is watched after each change, milliseconds. */
const WATCH_MS = 5_000;
const PIN_SECONDS = 1_800;

/** `npm run bench:websocket`: what becomes of open WebSockets when replicas are added, and when they leave. */
export function benchWebSocketCommand(context: CliContext): Command {
  const command = new Command("websocket")
    .description("hold many WebSockets while replicas are added and leave, and count those that end")
    .addOption(pathOption("--json", "file", "write the results as JSON"))
    .addOption(
      new Option("--connections <count>", "open at the same time, 1000 at most").default(1000).argParser(parseCount),
    );
  return withLocalOptions(command, "fleet.release.yaml")
    .addHelpText("after", help)
    .action((options: BenchOptions) => benchWebSocket(context, options));
}

async function benchWebSocket(context: CliContext, options: BenchOptions): Promise<void> {
  const local = { ...options, fleet: options.fleet ?? join(context.root, "fleet.release.yaml") };
  const file = await reportFile(options.json);
  const result = await withLocalFleet(context, local, { hold: false, adjust: serveWebSockets }, (at) =>
    play(context, at, options.connections),
  );
  await file.write(result);
  context.print(JSON.stringify(result, null, 2));
  const broken = brokenPromises(result);
  if (broken.length > 0) throw new CliError(["Promises were broken:", ...broken.map((text) => `  ${text}`)].join("\n"));
}

/** Has the rendered copy's sample service run our server: the image has Node, and that is all it needs. */
async function serveWebSockets(_config: unknown, { stackWorkerDir }: LocalFolders): Promise<void> {
  const program = await readFile(new URL("../websocket/server.mjs", import.meta.url), "utf8");
  // Compose would take a $ for a variable of its own.
  const command = ["node", "--input-type=module", "-e", program.replaceAll("$", "$$$$")];
  const service = { image: `\${SERVICE_A_IMAGE:?}`, stop_grace_period: "25s", command };
  await writeFile(join(stackWorkerDir, "services", `${SERVICE}.yml`), stringify({ services: { [SERVICE]: service } }));
}

async function play({ terminal, stop }: CliContext, { fleet }: FleetAtWork, connections: number) {
  const { wh, whStandby, balancer } = fleet.endpoints;
  const api = createWhApiPair([wh, whStandby].map((baseUrl) => createWhApi({ baseUrl, token: fleet.apiToken, fetch })));
  const crowd = createCrowd(`${balancer.replace("http", "ws")}/api/`, { ...systemClock, random: Math.random });
  const step = async <T>(title: string, work: () => Promise<T>): Promise<T> => {
    const shown = terminal.progress.step(title);
    try {
      const done = await work();
      shown.done(`${crowd.counts().open} open`);
      return done;
    } catch (error) {
      shown.fail("did not come");
      throw error;
    }
  };
  const pin = pinning(api, stop);
  try {
    await api.addOverride({ kind: "pin-workers", workers: 1, ...asked });
    await step(`${FEW} replicas`, () => pin(FEW));
    await step(`${connections} connections`, async () => {
      await crowd.join(connections);
      await allOpen(crowd, connections, stop);
    });
    const atFirst = crowd.counts();
    await step(`${MANY} replicas`, () => pin(MANY));
    await systemClock.sleep(WATCH_MS);
    const endedAtScaleOut = crowd.counts().ended.length - atFirst.ended.length;
    // Users come and go: the new replicas have some, too.
    await step("half of the clients come anew", async () => {
      await crowd.move(Math.floor(connections / 2));
      await allOpen(crowd, connections, stop);
    });
    const before = crowd.counts();
    const held = crowd.byReplica();
    await step(`${FEW} replicas again`, () => pin(FEW));
    await step("everybody is back", () => allOpen(crowd, connections, stop));
    await systemClock.sleep(WATCH_MS);
    const after = crowd.counts();
    return {
      connections,
      endedAtScaleOut,
      scaleIn: scaleInResult(before, after, held, new Set(crowd.byReplica().keys())),
      refused: after.refused,
      openAtEnd: after.open,
    } satisfies WebSocketResult;
  } finally {
    crowd.leave();
  }
}

const asked = { forSeconds: PIN_SECONDS, by: "bench", reason: "WebSockets are counted" };

/** Sets the replicas of the worker, and waits until they are there. */
function pinning(api: WhApi, stop: AbortSignal): (replicas: number) => Promise<void> {
  let former: string | undefined;
  return async (replicas) => {
    // The old pin goes first, so that there are never two.
    if (former !== undefined) await api.removeOverride(former);
    former = (await api.addOverride({ kind: "pin-replicas", service: SERVICE, replicas, ...asked })).id;
    const look = async () => {
      const { members } = await api.status();
      return members.every(({ services }) => services[SERVICE]?.replicasReady === replicas) || undefined;
    };
    if (!(await pollUntil(look, { clock: systemClock, everyMs: POLL_MS, limitMs: LIMIT_MS, stop })))
      throw new CliError(`The worker did not have ${replicas} replicas within ${LIMIT_MS / 1000} s.`);
  };
}

async function allOpen(crowd: Crowd, connections: number, stop: AbortSignal): Promise<void> {
  const look = () => crowd.counts().open >= connections || undefined;
  if (!(await pollUntil(look, { clock: systemClock, everyMs: POLL_MS, limitMs: LIMIT_MS, stop })))
    throw new CliError(`${crowd.counts().open} of ${connections} connections were open after ${LIMIT_MS / 1000} s.`);
}
