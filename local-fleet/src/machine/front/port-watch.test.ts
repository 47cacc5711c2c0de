import { expect, test } from "vitest";
import { watchPorts } from "./port-watch.ts";

/** Seconds of a load balancer with two ports: which of them refuse in which second, and whether it works. */
async function watch(story: {
  readonly seconds: number;
  readonly refuses: (second: number, port: number, restarts: number) => boolean;
  readonly works?: (second: number) => boolean;
  readonly restartFails?: (attempt: number) => boolean;
}) {
  const stop = new AbortController();
  const restartedAt: number[] = [];
  const problems: string[] = [];
  let second = 0;
  await watchPorts(
    {
      isRefused: async (port) => story.refuses(second, port, restartedAt.length),
      works: () => story.works?.(second) ?? true,
      restart: async () => {
        restartedAt.push(second);
        if (story.restartFails?.(restartedAt.length)) throw new Error("port is already allocated");
      },
      clock: {
        nowMs: () => second * 1000,
        sleep: async () => {
          second += 1;
          if (second > story.seconds) stop.abort();
        },
      },
      onProblem: (sentence) => problems.push(sentence),
      signal: stop.signal,
    },
    [1, 2],
  );
  return { restartedAt, problems };
}

test.each<[string, Parameters<typeof watch>[0], number[]]>([
  ["both answer", { seconds: 20, refuses: () => false }, []],
  [
    "one is lost: its container is started again, once",
    { seconds: 20, refuses: (second, port, restarts) => port === 2 && second >= 5 && restarts === 0 },
    [8],
  ],
  ["a few refusals with an answer between", { seconds: 20, refuses: (second) => second % 4 !== 0 }, []],
  [
    "three of one and one of the other",
    { seconds: 20, refuses: (second, port) => second === 4 || (port === 1 && second < 4 && second > 1) },
    [],
  ],
  ["a load balancer that has no target yet", { seconds: 20, refuses: () => true, works: () => false }, []],
  [
    "a start that fails is tried again, although nothing works any more",
    {
      seconds: 20,
      refuses: (_second, _port, restarts) => restarts < 2,
      works: (second) => second <= 4,
      restartFails: (attempt) => attempt === 1,
    },
    [4, 8],
  ],
])("%s", async (_rule, story, expected) => {
  expect((await watch(story)).restartedAt).toEqual(expected);
});

test("it says which port was lost, and why a start failed", async () => {
  const { problems } = await watch({ seconds: 5, refuses: (_second, port) => port === 2, restartFails: () => true });
  expect(problems).toEqual([
    expect.stringMatching(/127\.0\.0\.1:2 refused 4 connections in a row/),
    "the load balancer could not be started again: port is already allocated",
  ]);
});
