import { expect, test } from "vitest";
import { fleetAfter, servingAt, type VirtualFleet, virtualFleet } from "./virtual-fleet.ts";

/** Asks for `workers` at each second of the list, with a boot of 90 s. */
function live(steps: readonly (readonly [seconds: number, workers: number])[]) {
  let fleet: VirtualFleet = virtualFleet(1, 0);
  const acts = steps.map(([seconds, workers]) => {
    const { act, ...after } = fleetAfter(fleet, { atMs: seconds * 1000, workers, bootSeconds: 90 });
    fleet = after;
    return act;
  });
  return { fleet, acts };
}

test("what is launched serves after its boot, and not before", () => {
  const launched = [
    [0, 3],
    [85, 3],
  ] as const;
  expect(servingAt(live(launched).fleet, 85_000)).toBe(1);
  const { fleet } = live([...launched, [90, 3]]);
  expect(servingAt(fleet, 90_000)).toBe(3);
  expect(servingAt(fleet, 60_000)).toBe(1);
});

test("what boots is given up before what serves", () => {
  const { fleet } = live([
    [0, 3],
    [30, 2],
    [90, 2],
  ]);
  expect(servingAt(fleet, 90_000)).toBe(2);
  expect(
    servingAt(
      live([
        [0, 2],
        [90, 2],
        [95, 4],
        [100, 1],
        [300, 1],
      ]).fleet,
      300_000,
    ),
  ).toBe(1);
});

test("an action that takes the one before back within half an hour is a reversal", () => {
  const { acts } = live([
    [0, 2],
    [600, 1],
    [2400, 2],
    [4205, 1],
    [4210, 1],
  ]);
  expect(acts.map(({ isAction }) => isAction)).toEqual([true, true, true, true, false]);
  expect(acts.map(({ isReversal }) => isReversal)).toEqual([false, true, true, false, false]);
});

test("however often it changes, its memory is bounded", () => {
  const steps = Array.from({ length: 500 }, (_, index) => [index * 5, index % 7] as const);
  const { fleet } = live(steps);
  expect(fleet.booting.length).toBeLessThanOrEqual(16);
  expect(fleet.serving.length).toBeLessThanOrEqual(16);
});
