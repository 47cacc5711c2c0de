import { expect, test } from "vitest";
import { busiest, type CpuTimes, parseCpuTimes } from "./machine-cpu.ts";

test.each<[string, string, CpuTimes | undefined]>([
  [
    "guest time is not counted twice",
    "cpu  10 1 5 60 4 0 2 18 9 0\ncpu0 1 2 3\n",
    { busy: 18, stolen: 18, total: 100 },
  ],
  ["a kernel without it says nothing", "", undefined],
  ["what is not understood is not guessed", "cpu  10 x 5 60 4 0 2 18\n", undefined],
])("%s", (_rule, text, times) => {
  expect(parseCpuTimes(text)).toEqual(times);
});

/** Readings of 100 ticks each. */
function readings(...steps: readonly [busy: number, stolen: number][]): CpuTimes[] {
  const all: CpuTimes[] = [{ busy: 0, stolen: 0, total: 0 }];
  for (const [busy, stolen] of steps) {
    const last = all.at(-1) as CpuTimes;
    all.push({ busy: last.busy + busy, stolen: last.stolen + stolen, total: last.total + 100 });
  }
  return all;
}

test("the busiest stretch counts, not a single reading, and what the host took counts as not left over", () => {
  const calm = Array.from({ length: 20 }, (): [number, number] => [40, 0]);
  const starved = Array.from({ length: 20 }, (): [number, number] => [60, 30]);
  expect(busiest(readings(...calm, [100, 0], ...calm, ...starved), 2)).toEqual({ cores: 2, busy: 0.6, stolen: 0.3 });
});

test.each<[string, CpuTimes[]]>([
  ["nothing was read", []],
  ["one reading is no stretch", readings()],
])("%s: nothing is said", (_rule, taken) => {
  expect(busiest(taken, 2)).toBeUndefined();
});
