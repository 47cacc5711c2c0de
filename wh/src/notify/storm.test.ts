import { describe, expect, test } from "vitest";
import { createLoop } from "../loop/loop.ts";
import { createFakeClock, type FakeClock, settlePromises } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createAnnouncer } from "./announcer.ts";
import { type Channel, DEFAULT_LIMIT, DeliveryError } from "./channel.ts";

const STORM_MS = 60_000;
const TICK_MS = 1_000;
const LINES_A_TICK = 5;

/** A channel's answer to a message at a time; what it takes is kept. */
type Behaviour = (clock: FakeClock) => () => Promise<void>;

const refusedUntil =
  (untilMs: number): Behaviour =>
  (clock) =>
  async () => {
    if (clock.nowMs() < untilMs) throw new DeliveryError("cannot be reached", { isRetryable: true });
  };
const hangsUntil =
  (untilMs: number): Behaviour =>
  (clock) =>
  async () => {
    if (clock.nowMs() >= untilMs) return;
    // As long as an adapter waits for an answer.
    await new Promise<void>((resolve) => clock.after(5_000, resolve));
    throw new DeliveryError("cannot be reached (TimeoutError)", { isRetryable: true });
  };
/** Telegram's way with groups: so many a minute, and who comes again too early is told how long to stay away. */
const allowsAMinute =
  (most: number): Behaviour =>
  (clock) => {
    const taken: number[] = [];
    return async () => {
      const recent = taken.filter((atMs) => atMs > clock.nowMs() - 60_000);
      const oldest = recent[0];
      if (oldest !== undefined && recent.length >= most) {
        const retryAfterMs = oldest + 60_000 - clock.nowMs();
        throw new DeliveryError("answered 429", { isRetryable: true, retryAfterMs });
      }
      taken.push(clock.nowMs());
    };
  };
const answers429Until =
  (untilMs: number): Behaviour =>
  (clock) =>
  async () => {
    const retryAfterMs = untilMs - clock.nowMs();
    if (retryAfterMs > 0) throw new DeliveryError("answered 429", { isRetryable: true, retryAfterMs });
  };
const takesAll: Behaviour = () => async () => {};

/** 300 lines in a minute out of a loop that ticks once a second; every third is trouble. */
async function storm(behaviour: Behaviour, share = 3) {
  const clock = createFakeClock(0, settlePromises);
  const log = createMemoryLog();
  const answer = behaviour(clock);
  const arrived: { readonly atMs: number; readonly text: string }[] = [];
  const channel: Channel = {
    name: "people",
    send: async (text) => {
      await answer();
      arrived.push({ atMs: clock.nowMs(), text });
    },
  };
  const announcer = createAnnouncer({ channels: [channel], clock, log, title: "fleet demo" });
  const ticks: number[] = [];
  let number = 0;
  const loop = createLoop({
    clock,
    log,
    intervalMs: () => TICK_MS,
    tick: async () => {
      ticks.push(clock.nowMs());
      for (let line = 0; line < LINES_A_TICK && clock.nowMs() < STORM_MS; line++, number++)
        announcer.say(
          `#${number} workers ${number} -> ${number + 1} failed: ${"what AWS says of it ".repeat(5)}`,
          number % share === 0 ? "trouble" : "news",
        );
    },
  });
  loop.start();
  // A minute of storm, and two in which everything has to arrive.
  await clock.advance(STORM_MS + 120_000);
  await loop.stop();
  const said = arrived.flatMap(({ text }) => [...text.matchAll(/^#(\d+) /gm)].map(([, found]) => Number(found)));
  return { said, arrived, ticks, spoken: number, log };
}

const rows: [string, Behaviour][] = [
  ["takes all", takesAll],
  ["answers 429 for the whole storm", answers429Until(STORM_MS)],
  ["takes twenty messages a minute", allowsAMinute(20)],
  ["refuses for the whole storm", refusedUntil(STORM_MS)],
  ["hangs for the whole storm", hangsUntil(STORM_MS)],
];

describe.each(rows)("300 decisions in a minute to a channel that %s", (_name, behaviour) => {
  test("every line of trouble arrives within two minutes of the storm, once, in order", async () => {
    const { said, spoken } = await storm(behaviour);
    expect(spoken).toBe(300);
    const trouble = said.filter((number) => number % 3 === 0);
    expect(trouble).toEqual(Array.from({ length: 100 }, (_, index) => index * 3));
    expect(said).toEqual([...said].sort((a, b) => a - b));
  });

  test("also where all of them are trouble", async () => {
    const { said } = await storm(behaviour, 1);
    expect(said).toEqual(Array.from({ length: 300 }, (_, index) => index));
  });

  test("what is left out is counted, and no message is longer than the channel takes", async () => {
    const { said, arrived } = await storm(behaviour);
    const left = arrived.reduce((sum, { text }) => sum + Number(/^and (\d+) more$/m.exec(text)?.[1] ?? 0), 0);
    expect(said.length + left).toBe(300);
    for (const { text } of arrived) expect(text.length).toBeLessThanOrEqual(DEFAULT_LIMIT);
  });

  test("the loop ticks as with a channel that takes all", async () => {
    const { ticks } = await storm(behaviour);
    expect(ticks).toEqual((await storm(takesAll)).ticks);
    expect(ticks.length).toBeGreaterThan(STORM_MS / TICK_MS);
  });
});

test("a channel that never answers keeps nobody from ending", async () => {
  const clock = createFakeClock(0, settlePromises);
  const channel: Channel = { name: "people", send: () => new Promise(() => {}) };
  const announcer = createAnnouncer({ channels: [channel], clock, log: createMemoryLog(), title: "fleet demo" });
  for (let line = 0; line < 300; line++) announcer.say(`line ${line}`, "trouble");
  let isOver = false;
  void announcer.flush().then(() => {
    isOver = true;
  });
  await clock.advance(5_000);
  expect(isOver).toBe(true);
});
