import { describe, expect, test } from "vitest";
import { lookAt } from "../src/contestants/look.ts";
import { plantOf, settingsOf } from "../src/index.ts";
import { Plant } from "../src/plant/plant.ts";

const settings = settingsOf([]);

function plantUnder(rates: readonly number[], workers: number, tickSeconds = 5): Plant {
  const offered = {
    startMs: 0,
    tickSeconds,
    rates: Float64Array.from(rates),
    isScored: new Uint8Array(rates.length).fill(1),
  };
  const options = { ...plantOf(settings), minWorkers: workers };
  return new Plant({ options, offered, balancing: "workers", bootReplicas: 10 });
}

const flat = (rate: number, ticks: number) => Array.from({ length: ticks }, () => rate);

describe("a worker is paid for 30 s after it left the rotation", () => {
  test.each([
    ["ended at once", 0, 30],
    ["drained for less than that", 20, 30],
    ["drained for longer", 60, 60],
  ])("%s", (_how, drainSeconds, paidSeconds) => {
    const plant = plantUnder(flat(100, 40), 2);
    const [worker] = plant.workers;
    if (worker === undefined) throw new Error("no worker");
    plant.drain(worker.id, true);
    let paid = 0;
    for (let seconds = 0; seconds < 120; seconds += 5) {
      if (seconds === drainSeconds) plant.terminate(worker.id, false);
      plant.pass();
      // Another one has been launched in its place.
      if (plant.workers.includes(worker)) paid += 5;
    }
    expect(paid).toBeLessThanOrEqual(paidSeconds);
    expect(paid).toBeGreaterThanOrEqual(paidSeconds - 5);
  });
});

test("the policy reads CPU over 30 s, as Prometheus records it, and rates over metrics.rateWindowSeconds, both 15 s late", () => {
  const plant = plantUnder([...flat(100, 20), ...flat(400, 10)], 1);
  // 400 req/s for 25 s, of which the newest 15 s are not seen yet: both ticks of the rate, and two of six of the CPU.
  for (let tick = 0; tick < 25; tick++) plant.pass();
  const raw = [...lookAt(plant, settings.config).metrics.workers.values()][0];
  expect(raw?.requests?.get("web")).toBeCloseTo(400);
  expect(raw?.cpu).toBeCloseTo((100 * 4 + 400 * 2) / 6 / 714.3);
});

test.each([0.5, 1, 5])("ticks of %s s: metrics look back as far as they should, after hours too", (tickSeconds) => {
  const perSecond = Math.round(1 / tickSeconds) || 1;
  const ticks = Math.round(7200 / tickSeconds);
  // It rises by 3 req/s a minute.
  const plant = plantUnder(
    Array.from({ length: ticks }, (_, tick) => 0.05 * Math.floor(tick * tickSeconds)),
    1,
    tickSeconds,
  );
  for (let tick = 0; tick < ticks - 2 * perSecond; tick++) plant.pass();
  const now = (plant.nowMs / 1000) * 0.05;
  // The mean of the last minute, 15 s ago, is what it was 45 s ago.
  const { from, to } = plant.window(60, 15);
  const [worker] = plant.workers;
  expect(plant.meanServed(60, 15)).toBeCloseTo(now - 45 * 0.05, 0);
  expect(worker?.served(from, to)).toBeCloseTo(plant.meanServed(60, 15) ?? 0, 6);
  expect(plant.meanServed(300, 60)).toBeCloseTo(now - 210 * 0.05, 0);
});
