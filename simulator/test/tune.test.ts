import { describe, expect, test } from "vitest";
import { billOf, knobs, settingsOf, splitOf, tune } from "../src/index.ts";
import { kept } from "./world.ts";

const bill = (usd: number) => ({ machineUsd: usd, lostRequests: 0, lossUsd: 0, usd });

describe("tuning", () => {
  const two = [
    { key: "a.a", values: ["0", "1", "2"] },
    { key: "b.b", values: ["0", "1"] },
  ];
  /** What a set of changes costs: 10, less what each of its pairs saves. */
  const costs = (saves: (set: readonly string[]) => number) => async (set: readonly string[]) =>
    set.length === 1 && set[0]?.endsWith("=0") ? undefined : bill(10 - saves(set));

  test("takes the best of each knob on top of each other", async () => {
    const saves: Record<string, number> = { "a.a=1": 1, "a.a=2": 3, "b.b=1": 2 };
    const found = await tune(
      costs((set) => set.reduce((sum, pair) => sum + (saves[pair] ?? 0), 0)),
      two,
    );
    expect(found.best).toEqual({ set: ["a.a=2", "b.b=1"], bill: bill(5) });
    expect(found.changes.map(({ set }) => set[0])).toEqual(["a.a=1", "a.a=2", "b.b=1"]);
  });

  test("a knob that does something only on top of another is found", async () => {
    const found = await tune(
      costs((set) => (set.includes("a.a=1") ? (set.includes("b.b=1") ? 4 : 1) : 0)),
      two,
    );
    expect(found.best.set).toEqual(["a.a=1", "b.b=1"]);
  });

  test("what saves next to nothing is not worth a change", async () => {
    const found = await tune(
      costs(() => 0.001),
      two,
    );
    expect(found.best).toBe(found.asIs);
  });

  test("stops where playing does", async () => {
    await expect(tune(() => Promise.reject(new Error("interrupted")), two)).rejects.toThrow("interrupted");
  });
});

test.each(knobs.flatMap(({ key, values }) => values.map((value) => `${key}=${value}`)))(
  "%s is a key and a value of fleet.yaml",
  (pair) => {
    expect(() => settingsOf([pair])).not.toThrow();
  },
);

test("what is tuned on and what checks it are all of the time that counts, and share none of it", () => {
  const isScored = Uint8Array.from({ length: 1000 }, (_, tick) => (tick < 100 || tick % 7 === 0 ? 0 : 1));
  const offered = { startMs: 0, tickSeconds: 5, rates: new Float64Array(1000), isScored };
  const { tuned, check, tunedDays, checkDays } = splitOf(offered);
  const counted = isScored.map((counts, tick) => (tuned.isScored[tick] ?? 0) + (check.isScored[tick] ?? 0) - counts);
  expect(counted.every((difference) => difference === 0)).toBe(true);
  expect(tunedDays / checkDays).toBeCloseTo(2, 1);
  expect(tuned.rates).toHaveLength(tuned.isScored.length);
});

test("a bill is hours and lost requests at their prices", () => {
  const { score } = kept("hpa", [450, 450, 450, 1800, 1800, 450], 300);
  const { machineUsd, lostRequests, lossUsd, usd } = billOf([score], { perInstanceHour: 0.024, perLostRequest: 0.001 });
  expect(lostRequests).toBeGreaterThan(0);
  expect(machineUsd).toBeCloseTo(score.instanceHours * 0.024, 6);
  expect([lossUsd, usd]).toEqual([expect.closeTo(lostRequests / 1000, 6), expect.closeTo(machineUsd + lossUsd, 6)]);
});
