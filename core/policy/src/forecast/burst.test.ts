import fc from "fast-check";
import { expect, test } from "vitest";
import { type Burst, type BurstSeen, burstAfter, noBurst } from "./burst.ts";
import { type Recent, withSample } from "./recent.ts";

const AHEAD = 120;
const settings = { capacity: 700, ahead: AHEAD };

interface Fed {
  readonly burst: Burst;
  readonly recent: Recent;
  readonly seen: readonly (BurstSeen | undefined)[];
}

/** Samples every 5 s. */
function feed(values: readonly number[]): Fed {
  let fed: Fed = { burst: noBurst, recent: [], seen: [] };
  for (const [index, value] of values.entries()) {
    const recent = withSample(fed.recent, { atMs: index * 5_000, value });
    const { burst, seen } = burstAfter(fed.burst, recent, settings);
    fed = { burst, recent, seen: [...fed.seen, seen] };
  }
  return fed;
}

const calm = (count: number, level = 500) => Array.from({ length: count }, (_, index) => level + (index % 3) * 4);
const jump = [...calm(60), ...calm(60, 1200)];
const ramp = [...calm(60), ...Array.from({ length: 24 }, (_, step) => 500 + 40 * step), ...calm(36, 1440)];
const seenIn = ({ seen }: Fed) => seen.filter((each) => each !== undefined);

test("a calm demand has no burst", () => {
  expect(seenIn(feed(calm(500)))).toEqual([]);
});

test("sudden growth is one, and before anything is learned it is believed up to half as much again", () => {
  const [first] = seenIn(feed(jump.slice(0, 66)));
  expect(first?.share).toBe(1);
  for (const { planned } of seenIn(feed(jump.slice(0, 66)))) expect(planned).toBeLessThanOrEqual(1.5 * 1210);
});

test("jumps teach that nothing follows", () => {
  const fed = feed([...jump, ...calm(60), ...jump.slice(60), ...calm(60)]);
  expect(fed.burst.shares.length).toBeGreaterThanOrEqual(3);
  expect(seenIn(feed([...jump, ...calm(60), ...jump.slice(60)])).at(-1)?.share).toBeLessThan(0.2);
});

test("ramps teach that what began goes on", () => {
  const fed = feed([...ramp, ...calm(120), ...ramp.slice(60)]);
  expect(seenIn(fed).at(-1)?.share).toBeGreaterThan(0.5);
});

test("growth that one worker would not notice is none", () => {
  expect(seenIn(feed([...Array(60).fill(20), ...Array(60).fill(50)]))).toEqual([]);
});

test("whatever comes, the plan is finite, at most four times the demand, and the memory bounded", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 5_000, noNaN: true }), { minLength: 60, maxLength: 150 }),
      (values) => {
        const { burst, seen } = feed(values);
        const most = 4 * Math.max(...values) + 1e-6;
        return (
          burst.shares.length <= 30 &&
          burst.watched.length <= 60 &&
          burst.shares.every((share) => share >= 0 && share <= 1.5) &&
          seen.every((each) => each === undefined || (Number.isFinite(each.planned) && each.planned <= most))
        );
      },
    ),
    { numRuns: 30 },
  );
});
