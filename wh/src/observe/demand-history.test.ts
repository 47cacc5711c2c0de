import { expect, test } from "vitest";
import { createFakeClock, settle } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { testFleet } from "../test-support/test-fleet.ts";
import { createDemandHistory } from "./demand-history.ts";
import type { HistoryReader, RangeResult } from "./metrics-reader.ts";

const START_MS = 1_700_000_000_000;
const fleet = (enabled: boolean) => {
  const config = testFleet();
  return { ...config, scaling: { ...config.scaling, predictive: { enabled } } };
};

/** A history that is asked for by the day; `answer` gets how many days back, and how often that day was asked for. */
function keeperOf(answer: (back: number, times: number) => RangeResult, enabled = true) {
  const clock = createFakeClock(START_MS);
  const asked: number[] = [];
  const history: HistoryReader = {
    range: async (_promql, { fromSeconds, toSeconds, stepSeconds }) => {
      const back = Math.round((Math.floor(START_MS / 60_000) * 60 - toSeconds) / 86_400);
      expect((toSeconds - fromSeconds) / stepSeconds).toBe(1439);
      asked.push(back);
      return answer(back, asked.filter((each) => each === back).length);
    },
  };
  const log = createMemoryLog();
  const keeper = createDemandHistory({ config: fleet(enabled), clock, history, log });
  return { clock, keeper, asked, log };
}

const service = Object.keys(testFleet().services)[0] ?? "";
const day = (back: number): RangeResult => ({
  ok: true,
  series: [
    { labels: { service }, values: [[START_MS / 1000 - back * 86_400 - 600, 10 + back]] },
    { labels: { service: "somebody-else" }, values: [[START_MS / 1000, 99]] },
  ],
});

test("eight days are read, by the day, and put in order; other services are left out", async () => {
  const { keeper, asked } = keeperOf(day);
  expect(keeper.read()).toBe("awaited");
  keeper.start();
  for (let round = 0; round < 5; round++) await settle();
  expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const known = keeper.read();
  expect(typeof known === "object" && known.services[service]?.map(({ value }) => value)).toEqual([
    17, 16, 15, 14, 13, 12, 11, 10,
  ]);
  expect(typeof known === "object" && Object.keys(known.services)).toEqual(Object.keys(testFleet().services));
});

test("a Prometheus that starts later is asked again; one that never answers is done without, in words", async () => {
  const late = keeperOf((back, times) => (back === 0 && times < 3 ? { ok: false, problem: "starting" } : day(back)));
  late.keeper.start();
  await late.clock.advance(29_000);
  expect(late.keeper.read()).toBe("awaited");
  await late.clock.advance(60_000);
  expect(late.keeper.read()).toMatchObject({ services: { [service]: expect.any(Array) } });

  const never = keeperOf(() => ({ ok: false, problem: "Prometheus cannot be read: down" }));
  never.keeper.start();
  await never.clock.advance(600_000);
  expect(never.asked).toHaveLength(10);
  expect(never.keeper.read()).toMatchObject({ problem: "Prometheus cannot be read: down" });
  expect(never.log.lines.join()).toContain("foresight does without");
});

test("a day that cannot be read is a hole, and told", async () => {
  const { keeper } = keeperOf((back) => (back === 2 ? { ok: false, problem: "too many samples" } : day(back)));
  keeper.start();
  for (let round = 0; round < 5; round++) await settle();
  const known = keeper.read();
  expect(typeof known === "object" && known.services[service]).toHaveLength(7);
  expect(known).toMatchObject({ problem: "too many samples" });
});

test("without foresight nothing is asked", async () => {
  const { keeper, asked } = keeperOf(day, false);
  keeper.start();
  await settle();
  expect([keeper.read(), asked]).toEqual([undefined, []]);
});
