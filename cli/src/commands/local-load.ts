import { loadFleetFile } from "@compose-fleet/files";
import type { LoadSecond } from "@compose-fleet/load";
import { loadDefaults, loopbackTarget, sampleTarget, startLoad, TargetError } from "@compose-fleet/load";
import { findLocalFleet, localFolders } from "@compose-fleet/local-fleet/session";
import { CliError, exitCodes, InterruptedError } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { createLiveScreen } from "../demo/live-screen.ts";
import { localNameOption } from "../options/local-name.ts";
import { parsePositiveRate, parseSeconds, parseUrlPath } from "../options/parse-values.ts";
import type { CliContext } from "../run/context.ts";
import { profileOf, type Shape, shapes } from "./load-profile.ts";

interface LoadOptions {
  readonly rate: number;
  readonly for: number;
  readonly profile: Shape;
  readonly target?: string;
  readonly path?: string;
  readonly name?: string;
  readonly json?: boolean;
}

/** `fleet local load`: load through the local fleet's load balancer. */
export function localLoadCommand(context: CliContext): Command {
  return new Command("load")
    .description("send requests through the local fleet's load balancer (POST, keep-alive, never to another machine)")
    .addOption(new Option("--rate <rps>", "requests per second, at most").default(200).argParser(parsePositiveRate))
    .addOption(new Option("--for <duration>", "how long").default(30, "30s").argParser(parseSeconds))
    .addOption(
      new Option("--profile <shape>", "steady; ramp (half of the time up, then hold); step (a tenth, all, a tenth)")
        .choices(shapes)
        .default("steady"),
    )
    .option("--target <url>", "another address of this machine (default: the local fleet)")
    .addOption(
      new Option("--path <path>", "path of the requests (default: the first service's)").argParser(parseUrlPath),
    )
    .addOption(localNameOption())
    .option("--json", "print the summary as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet local load --rate 200 --for 30s\n  fleet local load --rate 500 --for 2m --profile ramp --json\n\nExit codes: 0 no request failed, 1 some failed, 2 usage error or no local fleet, 130 interrupted (the summary is printed).",
    )
    .action(async (options: LoadOptions) => {
      const target = options.target ?? (await ofLocalFleet(context.root, options));
      checkTarget(target);
      await checkServed(target);
      const screen = createLiveScreen(context.terminal);
      let answered = 0;
      const show = (second: LoadSecond) => {
        screen.show({
          elapsedSeconds: second.elapsedMs / 1000,
          phase: options.profile,
          load: second,
          answeredRps: second.total.ok - answered,
        });
        answered = second.total.ok;
      };
      const load = startLoad(
        { ...loadDefaults, target, profile: [...profileOf(options.profile, options.rate, options.for)] },
        show,
      );
      context.stop.addEventListener("abort", () => load.stop());
      const summary = await load.finished;
      screen.end();
      const { total } = summary;
      if (options.json) context.print(JSON.stringify(summary, null, 2));
      else {
        context.print(
          `${total.sent} sent, ${total.ok} ok, ${total.failed} failed${total.failed > 0 ? ` ${JSON.stringify(total.failedBy)}` : ""}`,
        );
        context.print(
          summary.maxMs === null
            ? "no answer, so no latency"
            : `p50 ${summary.p50Ms} ms, p95 ${summary.p95Ms} ms, p99 ${summary.p99Ms} ms, max ${summary.maxMs} ms from when each was due`,
        );
        context.print(
          `generator: ${Math.round(summary.cpuMicrosPerRequest)} µs CPU a request, at most ${Math.round(summary.maxLagMs)} ms late, ${summary.keepAliveRaces} failures were keep-alive races`,
        );
      }
      if (context.stop.aborted) throw new InterruptedError();
      if (total.failed > 0) throw new CliError(`${total.failed} of ${total.sent} requests failed.`);
    });
}

/** The address of the path, or of the first service, behind a local fleet's load balancer. */
async function ofLocalFleet(root: string, { name: given, path }: LoadOptions): Promise<string> {
  const { name, endpoints } = await findLocalFleet(root, given);
  if (path !== undefined) return `${endpoints.balancer}${path}`;
  return sampleTarget(await loadFleetFile(localFolders(root, name).fleetFile), endpoints.balancer);
}

/** One request before the load: a path that nobody serves is worth one sentence, not thousands of failures. */
async function checkServed(target: string): Promise<void> {
  // Loaded by who needs it: it would make every other command slower to start.
  const { request } = await import("../run/request.ts");
  const answer = await request(target, { method: "POST", headersTimeout: 10_000, bodyTimeout: 10_000 }).catch(
    () => undefined,
  );
  await answer?.body.dump();
  // Whatever else goes wrong is what the load is there to show.
  if (answer?.statusCode === 404)
    throw new CliError(`${target} answers 404: no service has that path. Name another with --path.`, exitCodes.usage);
}

function checkTarget(target: string): void {
  try {
    loopbackTarget(target);
  } catch (error) {
    throw error instanceof TargetError ? new CliError(error.message, exitCodes.usage) : error;
  }
}
