import fc from "fast-check";
import { expect, test } from "vitest";
import { type ReportedRun, type Row, reportPage, rowOf } from "../src/index.ts";
import { kept } from "./world.ts";

/** Any but halves of surrogate pairs. fast-check's own (`unit: "binary"`) first makes a table of all million of them. */
const codePoint = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((value) => String.fromCodePoint(value));

const score = kept("fleet", [300, 900, 2000, 600, 300, 300, 300, 300], 300);
const names = { interpolation: "linear" as const, policy: "fleet" };
const price = { onDemandPerHour: 0.024, spotPerHour: 0.0084 };

function run(trace: string, why = "because"): ReportedRun {
  const { timeline } = score;
  const decided = timeline.spans.filter(({ decisionCount }) => decisionCount > 0).slice(0, 5);
  const spans = decided.map((span) => ({
    ...span,
    decisions: span.decisions.map((decision) => ({ ...decision, why })),
  }));
  return { row: rowOf({ ...names, trace }, score.score, 1, price), timeline: { ...timeline, spans } };
}

const rowsIn = (page: string) =>
  JSON.parse(/<script type="application\/json" id="rows">(.*?)<\/script>/s.exec(page)?.[1] ?? "") as Row[];

test("the figures are those of the rows, to the last digit", () => {
  const runs = [run("one"), run("two")];
  const page = reportPage(runs, ["scaling.headroom=0.8"]);
  expect(rowsIn(page)).toEqual(runs.map(({ row }) => row));
  const { trace, interpolation, policy, ...figures } = run("one").row;
  for (const [key, value] of Object.entries(figures))
    expect(page.split(`data-key="${key}" data-value="${value}"`)).toHaveLength(3);
  expect(page).toContain("scaling.headroom=0.8");
  expect(page).toContain("because");
});

test("decisions carry their own reasons", () => {
  const { timeline } = score;
  const told = timeline.spans.flatMap(({ decisions }) => decisions);
  expect(told.length).toBeGreaterThan(1);
  expect(told[0]).toMatchObject({ from: 1, why: expect.stringMatching(/req\/s|CPU/) });
});

test("the page asks for nothing else, and fits a phone", () => {
  const page = reportPage([run("t")], []);
  expect(page).not.toMatch(/https?:|\b(src|href|action)=|url\(|@import/);
  expect(page).toContain(`default-src 'none'`);
  expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
});

test("whatever a trace or a reason is called, it is text", () => {
  const plain = reportPage([run("t", "w")], ["k=v"]);
  const shape = (page: string) => page.match(/<\/?[a-z][a-z0-9]*/gi)?.length;
  const evil = fc.oneof(
    fc.string({ unit: codePoint, minLength: 1 }),
    fc.constantFrom(
      "</script><script>alert(1)</script>",
      '"><img src=x onerror=alert(1)>',
      "<!--<script>",
      "&amp;",
      "\u2028",
    ),
  );
  fc.assert(
    fc.property(evil, evil, evil, (trace, why, change) => {
      const page = reportPage([run(trace, why)], [change]);
      expect(shape(page)).toBe(shape(plain));
      expect(rowsIn(page)[0]?.trace).toBe(trace);
    }),
    { numRuns: 20 },
  );
});
