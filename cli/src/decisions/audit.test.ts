import type { RecordedDecision } from "@compose-fleet/wh-api";
import { expect, test } from "vitest";
import { decision } from "../../../core/wh-api/test/examples.ts";
import { readAudit } from "./audit.ts";

function scalerWith(times: readonly number[]) {
  const all = times.map((atMs, index): RecordedDecision => ({ ...decision, id: `d${index}`, atMs })).reverse();
  return {
    audit: async ({
      sinceMs,
      untilMs = Number.MAX_SAFE_INTEGER,
      limit,
    }: {
      sinceMs: number;
      untilMs?: number;
      limit: number;
    }) => all.filter(({ atMs }) => atMs >= sinceMs && atMs < untilMs).slice(0, limit),
  };
}

async function idsOf(times: readonly number[], sinceMs = 0): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of readAudit(scalerWith(times), { sinceMs, untilMs: 1_000_000 })) found.push(id);
  return found;
}

test("many pages are read to the end, each decision once, also of one millisecond at the edge of a page", async () => {
  const times = Array.from({ length: 2_500 }, (_, index) => Math.floor(index / 7));
  const found = await idsOf(times);
  expect(found).toHaveLength(2_500);
  expect(new Set(found).size).toBe(2_500);
  expect(found[0]).toBe("d2499");
});

test("no more than the span", async () => {
  expect(await idsOf([1, 2, 3], 2)).toEqual(["d2", "d1"]);
  expect(await idsOf([])).toEqual([]);
});

test("more than a page of one millisecond does not go round in circles", async () => {
  expect((await idsOf(Array.from({ length: 1_500 }, () => 5))).length).toBeGreaterThanOrEqual(1_000);
});
