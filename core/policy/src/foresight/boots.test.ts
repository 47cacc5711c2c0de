import { expect, test } from "vitest";
import { worker } from "../../test/world.ts";
import { aheadSeconds, type Boots, bootsAfter, noBoots } from "./boots.ts";

/** One worker after the other is launched and serves `seconds` later; a look every 5 s. */
function launches(times: readonly number[]): Boots {
  let boots = noBoots;
  let at = 0;
  for (const [index, seconds] of times.entries()) {
    const id = `i-${index}`;
    const launchedAtMs = at * 1000;
    for (const end = at + seconds; at < end; at += 5)
      boots = bootsAfter(boots, at * 1000, [worker(id, 0, 1, { state: "pending", launchedAtMs })]);
    boots = bootsAfter(boots, at * 1000, [worker(id, 0, 1, { launchedAtMs })]);
  }
  return boots;
}

test.each([
  ["two minutes while nobody has been seen to boot", [], 120],
  ["the median of the latest, and a look", [90, 90, 300], 105],
  ["slow machines", [240, 250, 240], 255],
  ["old boots are forgotten", [300, 300, 300, 60, 60, 60, 60, 60], 75],
  ["never less than half a minute", [5], 30],
  ["never more than a quarter of an hour", [4000], 900],
])("%s", (_rule, times, ahead) => {
  expect(aheadSeconds(launches(times))).toBe(ahead);
});

test("one that never serves teaches nothing and is forgotten with its worker", () => {
  const pending = bootsAfter(noBoots, 0, [worker("i-1", 0, 0, { state: "pending" })]);
  expect(bootsAfter(pending, 60_000, [])).toEqual(noBoots);
});

test("nobody boots: nothing is made anew", () => {
  expect(bootsAfter(noBoots, 0, [worker("i-1", 100, 2)])).toBe(noBoots);
});
