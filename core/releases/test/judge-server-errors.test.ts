import { type ErrorShare, judgeServerErrors } from "@compose-fleet/releases";
import fc from "fast-check";
import { expect, test } from "vitest";

const LIMIT = 0.05;
const MINUTE = 60_000;
/** Begins with the tenth minute; shares by the minute, undefined for one without requests. */
const BEGAN = 10 * MINUTE;
const shares = (before: readonly (number | undefined)[], since: readonly (number | undefined)[]): ErrorShare[] =>
  [...Array.from({ length: 10 }, (_, minute) => before[minute]), ...since].flatMap((share, minute) =>
    share === undefined ? [] : [{ atMs: minute * MINUTE, share }],
  );
const judge = (before: readonly (number | undefined)[], since: readonly (number | undefined)[]) =>
  judgeServerErrors(shares(before, since), BEGAN, LIMIT).kind;

test.each([
  ["no errors", [0, 0], [0, 0, 0], "fine"],
  ["errors that the release brings", [0, 0.01], [0, 0.3, 0.4], "too-many"],
  ["one bad minute", [0, 0], [0.9], "fine"],
  ["one bad minute that is over", [0, 0], [0.9, 0, 0.9], "fine"],
  ["exactly the limit", [0, 0], [LIMIT, LIMIT], "fine"],
  ["a fix under errors that were there before", [0.5, 0.5], [0.5, 0.6, 0.7], "high-before"],
  ["nothing was served before", [], [0.9, 0.9], "no-baseline"],
  ["nothing is served since", [0, 0], [], "fine"],
  ["minutes that are no numbers", [Number.NaN, 0], [Number.NaN, 0.9], "fine"],
  ["a minute without requests between two bad ones", [0], [0.9, undefined, 0.9], "too-many"],
] as const)("%s", (_what, before, since, verdict) => {
  expect(judge(before, since)).toBe(verdict);
});

test("only what was fine before and is bad since goes back, in whatever order the minutes come", () => {
  const minutes = fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }), {
    maxLength: 10,
  });
  fc.assert(
    fc.property(minutes, minutes, (before, since) => {
      const given = shares(before, since);
      const verdict = judgeServerErrors([...given].reverse(), BEGAN, LIMIT);
      expect(verdict).toEqual(judgeServerErrors(given, BEGAN, LIMIT));
      if (verdict.kind !== "too-many") return;
      expect(verdict.before).toBeLessThanOrEqual(LIMIT);
      const last = given.filter(({ atMs }) => atMs >= BEGAN).slice(-2);
      expect(last.map(({ share }) => share > LIMIT)).toEqual([true, true]);
    }),
  );
});
