import { expect, test } from "vitest";
import { historyQuery, missingSlots, readTrace, traceOfPrometheus, traceText } from "../src/index.ts";

const answer = (...values: readonly (readonly [number, string])[]) => ({
  status: "success",
  data: { resultType: "matrix", result: [{ metric: {}, values }] },
});

async function* once(text: string) {
  yield text;
}

test("history with holes: what is missing or no number stays missing", () => {
  const trace = traceOfPrometheus("h", answer([60, "1"], [120, "NaN"], [180, "3"], [300, "5"], [360, "4"]));
  expect(trace).toMatchObject({ startSeconds: 60, stepSeconds: 60 });
  expect([...trace.rates]).toEqual([1, Number.NaN, 3, Number.NaN, 5, 4]);
  expect(missingSlots(trace)).toBe(2);
});

test.each([
  ["a page instead of an answer", "<html>", "is no answer of Prometheus"],
  ["a refusal", { status: "error", errorType: "bad_data", error: "exceeded maximum resolution" }, "exceeded maximum"],
  ["an instant query", { status: "success", data: { resultType: "vector", result: [] } }, "got a vector"],
  ["no series", { status: "success", data: { resultType: "matrix", result: [] } }, "has no data in this range"],
  ["nothing but NaN", answer([60, "NaN"], [120, "NaN"]), "has no data in this range"],
  [
    "two series",
    { status: "success", data: { resultType: "matrix", result: [{ values: [] }, { values: [] }] } },
    "got 2",
  ],
  ["a negative rate", answer([60, "1"], [120, "-1"]), "cannot be negative"],
  ["a fleet that was never used", answer([60, "0"], [120, "0"]), "has no request in it"],
])("%s is refused", (_what, given, message) => {
  expect(() => traceOfPrometheus("h", given)).toThrow(message);
});

test("a week is asked for minute by minute, a year within what Prometheus answers", () => {
  expect(historyQuery(1_700_000_033, 7 * 86_400)).toEqual({
    query: 'sum(rate(fleet_http_requests_total{service!~"internal|none"}[60s]))',
    start: 1_699_999_980 - 7 * 86_400,
    end: 1_699_999_980,
    step: 60,
  });
  const year = historyQuery(1_700_000_000, 365 * 86_400, 'a"b');
  expect((year.end - year.start) / year.step).toBeLessThan(11_000);
  expect(year.query).toContain('service="a\\"b"');
});

test("a recorded trace is read again", async () => {
  const trace = traceOfPrometheus("h", answer([60, "1.5"], [120, "2"], [240, "0.25"], [300, "4"]));
  expect((await readTrace("h", once(traceText(trace)))).rates).toEqual(trace.rates);
});
