import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { MachineKind } from "@compose-fleet/fleet";
import type { Clock } from "@compose-fleet/process";
import { z } from "zod";
import { followByTime, mergeByTime } from "./in-order.ts";
import type { LogLine, LogQuery, Logs } from "./log-line.ts";
import { shownText } from "./split-lines.ts";

/** AWS lets an account ask five times a second. */
const ASK_MS = 2_000;
/** An event may arrive this much later than another of a later time: the agents send every 5 s. */
const LATE_MS = 30_000;

/** What Docker's json-file driver writes, tagged with the container's name (user data). */
const entrySchema = z.object({
  log: z.string(),
  time: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/),
  attrs: z.object({ tag: z.string() }),
});

export interface CloudWatchLogsDeps {
  readonly client: Pick<CloudWatchLogsClient, "send">;
  readonly clock: Clock;
  readonly groups: Readonly<Record<MachineKind, string>>;
}

/** The logs that the machines' agents have sent to CloudWatch: of 30 days, also of machines that are gone. Throws AWS's errors. */
export function createCloudWatchLogs({ client, clock, groups }: CloudWatchLogsDeps): Logs {
  async function* events(
    kind: MachineKind,
    { wants }: LogQuery,
    startTime: number,
    seen?: Map<string, number>,
  ): AsyncGenerator<readonly LogLine[]> {
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new FilterLogEventsCommand({
          logGroupName: groups[kind],
          startTime,
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      const lines = (page.events ?? []).flatMap((event): LogLine[] => {
        const id = event.eventId ?? "";
        if (seen?.has(id)) return [];
        seen?.set(id, event.timestamp ?? 0);
        const line = lineOf(kind, event);
        return line !== undefined && wants(line.source) ? [line] : [];
      });
      if (lines.length > 0) yield lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }

  async function* following(kind: MachineKind, query: LogQuery): AsyncGenerator<readonly LogLine[]> {
    const seen = new Map<string, number>();
    let fromMs = query.sinceMs;
    while (!query.signal.aborted) {
      const askedAtMs = clock.nowMs();
      yield* events(kind, query, fromMs, seen);
      fromMs = Math.max(query.sinceMs, askedAtMs - LATE_MS);
      for (const [id, atMs] of seen) if (atMs < fromMs) seen.delete(id);
      await clock.sleep(ASK_MS, query.signal).catch(() => undefined);
    }
  }

  return {
    async *read(query) {
      const kinds = Object.keys(groups) as MachineKind[];
      if (query.follow)
        yield* followByTime(clock, query.signal, async (add) => {
          await Promise.all(kinds.map((kind) => add(following(kind, query))));
        });
      else yield* mergeByTime(kinds.map((kind) => events(kind, query, query.sinceMs)));
    },
  };
}

/** A line of a container; undefined for what is in the group besides: user data, deployments. */
function lineOf(kind: MachineKind, { message = "", logStreamName = "" }: FilteredLogEvent): LogLine | undefined {
  let json: unknown;
  try {
    json = JSON.parse(message);
  } catch {
    return undefined;
  }
  const entry = entrySchema.safeParse(json).data;
  // Compose's names: PROJECT-SERVICE-NUMBER.
  const [, service, replica] = /^fleet-(?:worker|monitoring)-(.+)-(\d+)$/.exec(entry?.attrs.tag ?? "") ?? [];
  if (entry === undefined || service === undefined || replica === undefined) return undefined;
  const [seconds = "", fraction = ""] = entry.time.slice(0, -1).split(".");
  const machine = kind === "monitoring" ? "monitoring" : (/^i-[0-9a-f]+/.exec(logStreamName)?.[0] ?? logStreamName);
  return {
    at: `${seconds}.${fraction.padEnd(9, "0")}Z`,
    source: { machine, service, replica },
    text: shownText(entry.log.replace(/\n$/, "")),
  };
}
