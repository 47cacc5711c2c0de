import fc from "fast-check";
import { expect, test } from "vitest";
import { cheapestWait, costsAfter, noCosts, type Return, WAITS } from "./wait-costs.ts";

const prices = { action: 240, reversal: 900, overload: 80 };
const after = (returns: readonly Return[], of = prices) =>
  returns.reduce((costs, back) => costsAfter(costs, back, of), noCosts);
const back = (gapSeconds: number, overloadSeconds = 0): Return => ({ gapSeconds, overloadSeconds });

test.each<[string, readonly Return[], number | undefined]>([
  ["nothing seen, nothing known", [], undefined],
  ["a load that does not return is not waited for", Array(10).fill(back(Number.POSITIVE_INFINITY)), 120],
  ["one that returns within ten minutes is waited for ten minutes", Array(10).fill(back(550)), 600],
  ["one that returns after hours is not waited for", Array(10).fill(back(5000)), 120],
  ["a rare return does not pay for a long wait", [...Array(20).fill(back(Number.POSITIVE_INFINITY)), back(1700)], 120],
])("%s", (_rule, returns, wait) => {
  expect(cheapestWait(after(returns))).toBe(wait);
});

test("an overload on return makes waiting worth more", () => {
  const gone = back(Number.POSITIVE_INFINITY);
  const gaps = [back(1500), gone, gone, gone];
  const overloaded = gaps.map(({ gapSeconds }) => back(gapSeconds, Number.isFinite(gapSeconds) ? 120 : 0));
  expect(cheapestWait(after(gaps))).toBe(120);
  expect(cheapestWait(after(overloaded))).toBe(1800);
});

test("the calmer the fleet shall be, the longer it waits", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 60, max: 7200 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 0, max: 900 }),
      (gaps, reversal) => {
        const waitAt = (price: number) =>
          cheapestWait(
            after(
              gaps.map((gap) => back(gap)),
              { ...prices, reversal: price },
            ),
          ) ?? 0;
        return waitAt(reversal) <= waitAt(reversal + 900) || gaps.some((gap) => gap > 1800);
      },
    ),
  );
});

test("it always is one of the waits that there are", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 60, max: 7200 }), fc.integer({ min: 0, max: 500 })), {
        minLength: 1,
        maxLength: 40,
      }),
      (returns) =>
        (WAITS as readonly number[]).includes(cheapestWait(after(returns.map(([gap, over]) => back(gap, over)))) ?? 0),
    ),
  );
});
