import fc from "fast-check";
import { expect, test } from "vitest";
import { decision, status } from "../../../core/wh-api/test/examples.ts";
import { fittingTable, wrapTo } from "./fitting-table.ts";
import { type StatusView, statusLines } from "./status-lines.ts";

const view = (change: Partial<StatusView["status"]> = {}, columns = 80): StatusView => ({
  words: "the local fleet demo",
  status: { ...status, ...change },
  decisions: [decision],
  nowMs: 5_000,
  columns,
});

test.each([80, 40, 20, 300])("at %i columns no line is wider", (columns) => {
  const lines = statusLines(view({}, columns));
  for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(columns);
});

test("at 40 columns a worker and its replicas are still there", () => {
  const text = statusLines(view({}, 40)).join("\n");
  expect(text).toContain("i-1");
  expect(text).toMatch(/service-a 3\/5/);
});

test("what could not be read is said to be unknown, and is not zero", () => {
  const unknown = { requestsPerSecond: null, demand: null, replicasReady: null, replicasDesired: null };
  const text = statusLines(view({ services: { web: unknown }, members: [], workers: null })).join("\n");
  expect(text).toContain("The group cannot be read");
  expect(text).toMatch(/web +\? +\? +\?\/\?/);
});

test("who leads, limits and what lasts are told", () => {
  const text = statusLines(
    view({
      leader: { holder: "wh-standby/abc", isMe: true, fence: 3, mandate: "scale-out" },
      limits: [
        { id: "o1", source: "override", target: "workers", min: 4, by: "kim", reason: "sale", untilMs: 605_000 },
      ],
      dryRun: { fleet: false, services: ["web"] },
      lasting: [{ key: "x", sinceMs: 0, text: "a worker is wanted and not to be had" }],
    }),
  ).join("\n");
  expect(text).toContain("wh-standby, may only scale out");
  expect(text).toContain("limit   workers: at least 4 until 1970-01-01 00:10 UTC, by kim: sale");
  expect(text).toContain("dry run web: decided");
  expect(text).toContain("! for 5 s: a worker is wanted");
});

test("a table and a text never get wider than they may, whatever is in them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 60 }), { maxLength: 5 }),
      fc.integer({ min: 10, max: 90 }),
      (cells, width) => {
        const columns = [0, 1, 2].map((drop) => ({ title: `T${drop}`, of: (cell: string) => cell, drop }));
        const text = cells.join(" ");
        for (const line of [...fittingTable(columns, cells, width), ...wrapTo(text, width)])
          expect([...line].length).toBeLessThanOrEqual(width);
      },
    ),
    { numRuns: 50 },
  );
});
