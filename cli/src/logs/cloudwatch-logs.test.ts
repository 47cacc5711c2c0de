import { expect, test } from "vitest";
import { createCloudWatchLogs } from "./cloudwatch-logs.ts";
import type { LogLine } from "./log-line.ts";

const groups = { workers: "/fleet/x/y/workers", monitoring: "/fleet/x/y/monitoring" };
const START = Date.parse("2026-03-01T00:00:00Z");

interface Stored {
  readonly group: string;
  readonly stream: string;
  readonly atMs: number;
  readonly message: string;
}

const docker = (group: keyof typeof groups, machine: string, name: string, second: number, log: string): Stored => ({
  group: groups[group],
  stream: `${machine}/containers_var_lib_docker`,
  atMs: START + second * 1000,
  message: JSON.stringify({
    log: `${log}\n`,
    stream: "stdout",
    attrs: { tag: name },
    time: `${new Date(START + second * 1000).toISOString().slice(0, -1)}001Z`,
  }),
});

/** CloudWatch Logs, two events a page. */
function fakeClient(stored: readonly Stored[]) {
  return {
    send: async ({ input }: { input: { logGroupName: string; startTime: number; nextToken?: string } }) => {
      const all = stored.filter(({ group, atMs }) => group === input.logGroupName && atMs >= input.startTime);
      const from = Number(input.nextToken ?? 0);
      return {
        events: all.slice(from, from + 2).map(({ stream, message, atMs }) => ({
          eventId: `${stream}${message}`,
          logStreamName: stream,
          message,
          timestamp: atMs,
        })),
        ...(from + 2 < all.length ? { nextToken: String(from + 2) } : {}),
      };
    },
  } as never;
}

const stored: Stored[] = [
  docker("workers", "i-0a", "fleet-worker-web-2", 1, "one"),
  docker("monitoring", "i-0f", "fleet-monitoring-wh-standby-1", 2, "two"),
  { group: groups.workers, stream: "i-0a/user-data", atMs: START + 2500, message: "plain text" },
  { group: groups.workers, stream: "i-0a/x", atMs: START + 2600, message: "{}" },
  docker("workers", "i-0b", "fleet-worker-nginx-1", 3, "three\u001b[2J"),
  docker("workers", "i-0b", "something-else", 4, "not of the fleet"),
];

async function read(query: object): Promise<LogLine[]> {
  const clock = { nowMs: () => START + 5_000, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
  const stop = new AbortController();
  const found: LogLine[] = [];
  const logs = createCloudWatchLogs({ client: fakeClient(stored), clock, groups });
  for await (const lines of logs.read({
    wants: () => true,
    sinceMs: START,
    follow: false,
    signal: stop.signal,
    ...query,
  })) {
    found.push(...lines);
    if (found.length >= 3) stop.abort();
  }
  return found;
}

test("lines of containers of both groups come in order, with the machine and the container they are of", async () => {
  expect((await read({})).map(({ source, text }) => [source.machine, source.service, source.replica, text])).toEqual([
    ["i-0a", "web", "2", "one"],
    ["monitoring", "wh-standby", "1", "two"],
    ["i-0b", "nginx", "1", "three\\x1b[2J"],
  ]);
});

test("only what is wanted, and only since then", async () => {
  expect(await read({ wants: ({ service }: { service: string }) => service === "web", sinceMs: START + 2000 })).toEqual(
    [],
  );
});

test("while it follows, nothing is shown twice", async () => {
  const texts = (await read({ follow: true })).map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts).toHaveLength(3);
});
